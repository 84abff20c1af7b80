package io.unmask.detector.verdict;

import io.unmask.detector.verdict.StreamState.State;
import io.unmask.detector.verdict.Verdict.Kind;
import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.DamagedSpan;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.IngestEvent.StateChanged;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.model.score.ClipScorer.ClipScore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns one stream's events and scores into numbered outcomes. What it holds does not grow with the stream. Not
 * thread-safe.
 */
public final class StreamJudge {
    private final JudgedStream source;
    private final Verdict.Stream stream;
    private final boolean live;
    private final Instant opened;
    private final Rules rules;
    private final FaceWitness witness;
    private final Locator locator;
    private SpanReasons spanReasons = new SpanReasons();
    private final Map<Integer, Track> tracks = new LinkedHashMap<>();
    private boolean sawFace;
    private long sequence;

    /** @param rules those of the model that has judged it so far */
    private record Track(long startMicros, TrackJudge judge, Rules rules) {}

    /** What a verdict is about; track 0 means that there is no face. */
    private record Subject(
            Kind kind, IngestEvent event, long startMicros, int track, List<Verdict.Evidence> evidence) {}

    /**
     * Makes a judge of a stream of which nothing was judged yet.
     *
     * @param rules of the model that judges
     * @param witness is shown the faces
     * @param locator of the model that judges
     */
    public StreamJudge(JudgedStream source, Rules rules, FaceWitness witness, Locator locator) {
        this.source = source;
        this.stream = source.stream();
        this.live = source.live();
        this.opened = source.opened();
        this.rules = rules;
        this.witness = witness;
        this.locator = locator;
    }

    /** All that is known of the stream, for a judge in another process that goes on from here. */
    public JudgeMemory memory() {
        return new JudgeMemory(
                sawFace,
                sequence,
                spanReasons.memory(),
                tracks.entrySet().stream()
                        .map(entry -> new JudgeMemory.Track(
                                entry.getKey(),
                                entry.getValue().startMicros(),
                                entry.getValue().judge().memory()))
                        .toList());
    }

    /** Goes on from what another judge of the stream knew; called before the first event. */
    public void recall(JudgeMemory memory) {
        sawFace = memory.sawFace();
        sequence = memory.sequence();
        spanReasons = SpanReasons.of(memory.spanReasons());
        memory.tracks()
                .forEach(track -> tracks.put(
                        track.track(),
                        new Track(
                                track.startMicros(),
                                TrackJudge.of(rules.policy(), track.track(), track.judge()),
                                rules)));
    }

    /**
     * Takes the stream over from another model's judge. A verdict must rest only on clips that the model it names has judged. A
     * face in sight therefore remains the old model's until this one has judged a clip of it.
     */
    public void takeOver(StreamJudge old) {
        sawFace = old.sawFace;
        sequence = old.sequence;
        spanReasons = old.spanReasons;
        tracks.putAll(old.tracks);
    }

    /**
     * An event on its way to a verdict.
     *
     * @param met reasons that concern the whole pictures of its span, see {@link SpanReasons}
     * @param gating of a clip: the frames to score
     */
    public record Step(IngestEvent event, Set<Reason> met, Optional<Gating> gating) {

        /** Whether the clip must be scored before it can be judged. */
        public boolean scorable() {
            return gating.filter(Gating::evaluable).isPresent();
        }
    }

    /** Takes the stream's next event; every event passes here once, in order. */
    public Step next(IngestEvent event) {
        Set<Reason> met = spanReasons.in(event);
        return new Step(
                event,
                met,
                event instanceof FaceClip clip ? Optional.of(rules.policy().gate(clip, met)) : Optional.empty());
    }

    /**
     * What the step leads to; every step passes here once, in order.
     *
     * @param score present when the step is scorable
     * @param timing milliseconds by stage
     */
    public List<Outcome> conclude(Step step, Optional<ClipScore> score, Map<String, Double> timing) {
        IngestEvent event = step.event();
        if (event instanceof FaceClip clip) {
            return List.of(judge(clip, step.gating().orElseThrow(), score, timing));
        } else if (event instanceof FacelessSpan) {
            return List.of(faceless(Kind.CLIP, step));
        } else if (event instanceof DamagedSpan) {
            return List.of(about(Kind.CLIP, event, rules.policy().damaged()));
        } else if (event instanceof TrackEnded ended) {
            return endTrack(ended);
        } else if (event instanceof StateChanged changed) {
            return List.of(state(State.valueOf(changed.state().name()), changed.detail(), changed));
        }
        return event instanceof ConnectionLost lost ? lose(lost) : end((SourceEnded) event, step);
    }

    private Outcome judge(FaceClip clip, Gating gating, Optional<ClipScore> score, Map<String, Double> timing) {
        sawFace = true;
        Judgement judgement = score.map(s -> rules.policy().judge(gating, s))
                .orElseGet(() -> rules.policy().refuse(gating));
        Track track = tracks.compute(
                clip.trackId(),
                (id, known) -> known != null && known.rules().equals(rules)
                        ? known
                        : new Track(clip.startMicros(), new TrackJudge(rules.policy(), id), rules));
        track.judge().add(gating, judgement);
        witness.judged(stream, clip, judgement.face().orElseThrow());
        return verdict(
                rules, new Subject(Kind.CLIP, clip, clip.startMicros(), clip.trackId(), List.of()), judgement, timing);
    }

    private Outcome faceless(Kind kind, Step step) {
        IngestEvent event = step.event();
        return about(kind, event, rules.policy().noFace(source.counted(event.coverage()), step.met()));
    }

    private Outcome about(Kind kind, IngestEvent event, Judgement judgement) {
        return verdict(rules, new Subject(kind, event, event.startMicros(), 0, List.of()), judgement, Map.of());
    }

    private List<Outcome> endTrack(TrackEnded ended) {
        Track track = tracks.remove(ended.trackId());
        if (track == null) {
            return List.of();
        }
        List<Verdict.Evidence> evidence = witness.evidence(stream, ended.trackId(), locator);
        Subject subject = new Subject(Kind.TRACK, ended, track.startMicros(), ended.trackId(), evidence);
        return List.of(verdict(track.rules(), subject, track.judge().judge(ended), Map.of()));
    }

    /** Ends the tracks: when the source is opened again, that is a new session, in which none of them goes on. */
    private List<Outcome> lose(ConnectionLost lost) {
        List<Outcome> outcomes = endTracks(lost);
        outcomes.add(state(State.STALLED, lost.why(), lost));
        return outcomes;
    }

    private List<Outcome> endTracks(IngestEvent end) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int id : List.copyOf(tracks.keySet())) {
            outcomes.addAll(
                    endTrack(new TrackEnded(id, 0, end.endMicros(), TrackEnded.Cause.SOURCE_ENDED, end.coverage())));
        }
        return outcomes;
    }

    private List<Outcome> end(SourceEnded ended, Step step) {
        // Tracks are still open when the user stopped the source.
        List<Outcome> outcomes = endTracks(ended);
        // A stream that was stopped may have had a face later, so it cannot be called faceless.
        if (!sawFace && !ended.stopped()) {
            outcomes.add(faceless(Kind.TRACK, step));
        }
        State state = ended.failure().isPresent() ? State.FAILED : State.ENDED;
        outcomes.add(state(state, ended.failure().orElse(ended.stopped() ? StreamState.STOPPED : ""), ended));
        return outcomes;
    }

    private Outcome verdict(Rules by, Subject subject, Judgement judgement, Map<String, Double> timing) {
        return new Outcome.Judged(new Verdict(
                by.ids()
                        .verdict(
                                stream,
                                subject.kind(),
                                subject.startMicros(),
                                subject.event().endMicros(),
                                subject.track()),
                subject.kind(),
                stream,
                ++sequence,
                span(subject.startMicros(), subject.event().endMicros()),
                judgement.decision(),
                judgement.reasons(),
                judgement.score(),
                judgement.labels(),
                by.policy().threshold(),
                judgement.face(),
                source.counted(subject.event().coverage()),
                by.model(),
                subject.evidence(),
                timing));
    }

    private Verdict.Span span(long startMicros, long endMicros) {
        if (!live) {
            return new Verdict.Span(
                    startMicros, endMicros, opened, rules.clock().instant(), Optional.of(Verdict.WallClock.PROCESSING));
        }
        Captured end = captured(endMicros);
        // By one clock, so that the span is as long as its pictures say.
        Instant wallEnd = instant(end);
        return new Verdict.Span(
                startMicros,
                endMicros,
                wallEnd.minus(endMicros - startMicros, ChronoUnit.MICROS),
                wallEnd,
                Optional.of(Verdict.WallClock.valueOf(end.by().name())));
    }

    private Captured captured(long micros) {
        return source.captured(micros).orElseGet(() -> {
            long openedMicros = ChronoUnit.MICROS.between(Instant.EPOCH, opened);
            return new Captured(openedMicros + micros, Captured.By.ARRIVAL);
        });
    }

    private static Instant instant(Captured captured) {
        return Instant.EPOCH.plus(captured.epochMicros(), ChronoUnit.MICROS);
    }

    private Outcome state(State state, String detail, IngestEvent event) {
        long micros = event.endMicros();
        return new Outcome.Changed(new StreamState(
                rules.ids().state(stream, state, micros),
                stream,
                ++sequence,
                state,
                detail,
                micros,
                live ? instant(captured(micros)) : rules.clock().instant(),
                source.counted(event.coverage())));
    }
}
