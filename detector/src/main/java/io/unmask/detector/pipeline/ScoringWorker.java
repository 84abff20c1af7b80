package io.unmask.detector.pipeline;

import io.micrometer.core.instrument.MeterRegistry;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.JudgeMemory;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.StreamJudge;
import io.unmask.detector.verdict.StreamJudge.Step;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.model.score.ClipScorer;
import io.unmask.model.score.ClipScorer.ClipScore;
import io.unmask.model.score.ScoringException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Scores clips of all streams in batches on one device. A face frame is encoded once, though two clips hold it. When scoring
 * fails, the clips of the batch get no verdict: the failure names their sources and ends the run. Not thread-safe: one thread
 * owns it and the scorer.
 */
public final class ScoringWorker {
    private final ClipScorer scorer;
    private final UnaryOperator<Rules> adapt;
    private final Rules rules;
    private final FaceWitness witness;
    private final StageMeters meters;
    private final Map<OpenStream, Lane> lanes = new LinkedHashMap<>();

    /** What is kept of a stream. */
    private record Lane(StreamJudge judge, FeatureCache features) {}

    /** An event of the batch with all that is needed to judge it. */
    private record Work(StreamEvent entry, Lane lane, Step step) {
        List<FaceSample> good() {
            return step.gating().orElseThrow().good();
        }

        int track() {
            return ((FaceClip) entry.event()).trackId();
        }
    }

    /** A face frame that is not encoded yet. */
    private record Pending(FeatureCache features, int track, FaceSample sample) {}

    /**
     * Makes a worker for any number of streams.
     *
     * @param scorer stays the caller's to close
     */
    public ScoringWorker(ClipScorer scorer, Rules rules, FaceWitness witness, MeterRegistry meters) {
        this(scorer, rules, UnaryOperator.identity(), witness, meters);
    }

    /** @param adapt turns the rules that one stream has of its own, made for any model, into such rules for this model */
    ScoringWorker(
            ClipScorer scorer, Rules rules, UnaryOperator<Rules> adapt, FaceWitness witness, MeterRegistry meters) {
        this.scorer = scorer;
        this.rules = rules;
        this.adapt = adapt;
        this.witness = witness;
        this.meters = new StageMeters(meters);
    }

    /**
     * Judges a batch.
     *
     * @return outcomes in the order of the entries
     * @throws PipelineException when the model failed; nothing of the batch is judged then
     */
    public List<Outcome> process(List<StreamEvent> batch) {
        List<Work> work = batch.stream().map(this::accept).toList();
        List<Work> scorable = work.stream().filter(w -> w.step().scorable()).toList();
        long start = System.nanoTime();
        try {
            encode(scorable);
            long encoded = System.nanoTime();
            List<ClipScore> scores = score(scorable);
            long scored = System.nanoTime();
            meters.batch(scorable.size(), encoded - start, scored - encoded);
            return conclude(work, scores.iterator(), new Times(start, encoded, scored));
        } catch (ScoringException e) {
            String sources = scorable.stream()
                    .map(w -> w.entry().stream().label())
                    .distinct()
                    .collect(Collectors.joining(", "));
            throw PipelineException.at(sources, e);
        }
    }

    /** What is known of a stream; empty when it is over or nothing of it came yet. */
    public Optional<JudgeMemory> memory(OpenStream stream) {
        return Optional.ofNullable(lanes.get(stream)).map(lane -> lane.judge().memory());
    }

    /** Replaces what is known of a stream, to go on with it from there. */
    public void recall(OpenStream stream, JudgeMemory memory) {
        Lane lane = lane(stream);
        lane.judge().recall(memory);
        lanes.put(stream, lane);
    }

    /** Takes over all streams, as far as they have come, from the worker of another model. */
    void takeOver(ScoringWorker old) {
        old.lanes.forEach((stream, lane) -> {
            Lane own = lane(stream);
            own.judge().takeOver(lane.judge());
            lanes.put(stream, own);
        });
    }

    /** Forgets what it knows of a stream. */
    public void forget(OpenStream stream) {
        lanes.remove(stream);
    }

    /** Forgets a stream with its pictures: another process goes on with it, or nobody does. */
    public void leave(OpenStream stream) {
        forget(stream);
        witness.forget(stream.stream());
    }

    private Lane lane(OpenStream opened) {
        Rules own = opened.rules().map(adapt).orElse(rules);
        return new Lane(new StreamJudge(opened, own, witness, scorer::locate), new FeatureCache(own.hop()));
    }

    private Work accept(StreamEvent entry) {
        Lane lane = lanes.computeIfAbsent(entry.stream(), this::lane);
        return new Work(entry, lane, lane.judge().next(entry.event()));
    }

    private void encode(List<Work> scorable) {
        List<Pending> pending = new ArrayList<>();
        for (Work work : scorable) {
            FeatureCache features = work.lane().features();
            for (FaceSample sample : work.good()) {
                if (features.reserve(work.track(), sample)) {
                    pending.add(new Pending(features, work.track(), sample));
                }
            }
        }
        if (pending.isEmpty()) {
            return;
        }
        float[][] features =
                scorer.encode(pending.stream().map(p -> p.sample().crop()).toList());
        for (int i = 0; i < features.length; i++) {
            Pending p = pending.get(i);
            p.features().put(p.track(), p.sample(), features[i]);
        }
        meters.framesEncoded(features.length);
    }

    private List<ClipScore> score(List<Work> scorable) {
        return scorable.isEmpty()
                ? List.of()
                : scorer.score(scorable.stream()
                        .map(w -> w.lane().features().clip(w.track(), w.good()))
                        .toList());
    }

    private List<Outcome> conclude(List<Work> batch, Iterator<ClipScore> scores, Times times) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Work work : batch) {
            Optional<ClipScore> score = work.step().scorable() ? Optional.of(scores.next()) : Optional.empty();
            long queued = times.start() - work.entry().queuedNanos();
            meters.queued(queued);
            Map<String, Double> timing =
                    new HashMap<>(score.isPresent() ? times.stages(queued) : Map.of("queue", Times.millis(queued)));
            work.entry()
                    .fromCapture(System.nanoTime())
                    .ifPresent(nanos -> timing.put(StreamEvent.CAPTURE_TO_VERDICT, Times.millis(nanos)));
            outcomes.addAll(work.lane().judge().conclude(work.step(), score, timing));
            release(work);
        }
        return outcomes;
    }

    private void release(Work work) {
        IngestEvent event = work.entry().event();
        FeatureCache features = work.lane().features();
        if (event instanceof FaceClip clip) {
            features.retire(clip.trackId(), clip.samples());
        } else if (event instanceof TrackEnded ended) {
            features.forget(ended.trackId());
        } else if (event instanceof SourceEnded || event instanceof ConnectionLost) {
            lanes.remove(work.entry().stream());
        }
    }

    /** Moments of a batch, in nanoseconds. */
    private record Times(long start, long encoded, long scored) {

        static double millis(long nanos) {
            return Math.round(nanos / 1e4) / 1e2;
        }

        Map<String, Double> stages(long queued) {
            return Map.of(
                    "queue", millis(queued), "encode", millis(encoded - start), "score", millis(scored - encoded));
        }
    }
}
