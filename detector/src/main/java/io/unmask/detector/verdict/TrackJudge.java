package io.unmask.detector.verdict;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Gathers the verdicts on one track's clips into the verdict on the face, in memory that does not grow with the track.
 *
 * <p>The face's logit is the mean of its clips' calibrated logits weighted by their scored frames: every judged frame
 * counts alike, however the windows fell. Overlapping clips share frames and so do not count as evidence twice: the
 * interval narrows with the square root of the number of clips that do not overlap.
 *
 * <p>A face that is fake for a part of its track is a fake face: where the mean does not say so, the most certain run of
 * suspect clips or the most certain clip decides, if it is certain enough among so many clips. A face is never {@code
 * REAL} while a clip of it is {@code FAKE}. A clip whose colours were mapped keeps the face from being decided, unless the
 * other clips show that it is fake. Of other labels none is worth more than another, so that the mean alone decides. Not
 * thread-safe.
 */
public final class TrackJudge {
    private static final int MAX_SUSPECT = 256;

    private final VerdictPolicy policy;
    private final int track;
    private final Map<Reason, Integer> reasonCounts = new EnumMap<>(Reason.class);
    private final List<Face.Suspect> suspect = new ArrayList<>();
    private FrameThinner frames = new FrameThinner(Face.MAX_FRAMES);
    private int clips;
    private int judgedClips;
    private long damagedAtLastClip;
    private Pool whole = new Pool();
    private Pool run = new Pool();
    private Optional<Pool> worstRun = Optional.empty();
    private Optional<Pool> worstClip = Optional.empty();

    /** Clips that are judged together. */
    private static final class Pool {
        private List<Double> weightedLogits = List.of();
        private Optional<Double> weightedDistances = Optional.of(0.0);
        private long weight;
        private int independentClips;
        private long independentEndMicros = Long.MIN_VALUE;

        static Pool of(FaceClip clip, Judgement judgement, int scored) {
            Pool pool = new Pool();
            pool.add(clip, judgement, scored);
            return pool;
        }

        void add(FaceClip clip, Judgement judgement, int scored) {
            List<Double> logits = judgement.logits();
            List<Double> sums = weightedLogits;
            weightedLogits = IntStream.range(0, logits.size())
                    .mapToObj(i -> (sums.isEmpty() ? 0 : sums.get(i)) + scored * logits.get(i))
                    .toList();
            weightedDistances = weightedDistances.flatMap(
                    sum -> judgement.distance().map(distance -> sum + scored * distance.value()));
            weight += scored;
            if (clip.startMicros() >= independentEndMicros) {
                independentClips++;
                independentEndMicros = clip.endMicros();
            }
        }

        DecisionRule.Evidence evidence() {
            return new DecisionRule.Evidence(
                    weightedLogits.stream().map(sum -> sum / weight).toList(),
                    independentClips,
                    weightedDistances.map(sum -> sum / weight));
        }

        PoolMemory memory() {
            return new PoolMemory(weightedLogits, weightedDistances, weight, independentClips, independentEndMicros);
        }

        static Pool of(PoolMemory memory) {
            Pool pool = new Pool();
            pool.weightedLogits = memory.weightedLogits;
            pool.weightedDistances = memory.weightedDistances;
            pool.weight = memory.weight;
            pool.independentClips = memory.independentClips;
            pool.independentEndMicros = memory.independentEndMicros;
            return pool;
        }
    }

    /**
     * The memory of a pool of clips.
     *
     * @param weightedLogits a list of one is written as a plain number, as older releases write and read it
     */
    record PoolMemory(
            @JsonFormat(
                            with = {
                                JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY,
                                JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED
                            })
                    List<Double> weightedLogits,
            Optional<Double> weightedDistances,
            long weight,
            int independentClips,
            long independentEndMicros) {}

    /** All that is known of a track, for a judge in another process that goes on from here. Only its JSON form matters. */
    public record Memory(
            Map<Reason, Integer> reasonCounts,
            List<Face.Suspect> suspect,
            FrameThinner.Memory frames,
            int clips,
            int judgedClips,
            long damagedAtLastClip,
            PoolMemory whole,
            PoolMemory run,
            Optional<PoolMemory> worstRun,
            Optional<PoolMemory> worstClip) {}

    public TrackJudge(VerdictPolicy policy, int track) {
        this.policy = policy;
        this.track = track;
    }

    /** What was gathered so far. */
    public Memory memory() {
        return new Memory(
                Map.copyOf(reasonCounts),
                List.copyOf(suspect),
                frames.memory(),
                clips,
                judgedClips,
                damagedAtLastClip,
                whole.memory(),
                run.memory(),
                worstRun.map(Pool::memory),
                worstClip.map(Pool::memory));
    }

    /** A judge that goes on from what another one had gathered about the track by the same policy. */
    public static TrackJudge of(VerdictPolicy policy, int track, Memory memory) {
        TrackJudge judge = new TrackJudge(policy, track);
        judge.reasonCounts.putAll(memory.reasonCounts);
        judge.suspect.addAll(memory.suspect);
        judge.frames = FrameThinner.of(Face.MAX_FRAMES, memory.frames);
        judge.clips = memory.clips;
        judge.judgedClips = memory.judgedClips;
        judge.damagedAtLastClip = memory.damagedAtLastClip;
        judge.whole = Pool.of(memory.whole);
        judge.run = Pool.of(memory.run);
        judge.worstRun = memory.worstRun.map(Pool::of);
        judge.worstClip = memory.worstClip.map(Pool::of);
        return judge;
    }

    /** Takes the verdict on the track's next clip; clips come by time and may overlap. */
    public void add(Gating gating, Judgement judgement) {
        clips++;
        damagedAtLastClip = gating.clip().coverage().damaged();
        // Whether the face is out of distribution is decided by all of its clips together.
        judgement.reasons().stream()
                .filter(reason -> reason != Reason.OUT_OF_DISTRIBUTION)
                .forEach(reason -> reasonCounts.merge(reason, 1, Integer::sum));
        frames.add(judgement.face().orElseThrow().frames());
        if (judgement.decision() != Verdict.Decision.NOT_EVALUABLE) {
            judgedClips++;
            int scored = judgement.face().orElseThrow().framesScored();
            FaceClip clip = gating.clip();
            whole.add(clip, judgement, scored);
            boolean isSuspect = judgement.score().filter(this::isSuspect).isPresent();
            if (isSuspect) {
                addSuspect(clip.startMicros(), clip.endMicros());
            }
            // A clip that by itself decides nothing must not hide one that does.
            boolean mayDecide = Collections.disjoint(judgement.reasons(), DecisionRule.UNDECIDABLE);
            if (mayDecide && isSuspect) {
                run.add(clip, judgement, scored);
                // A run's mean may hide its most certain clip among clips that are barely suspect.
                worstClip = Optional.of(worse(worstClip, Pool.of(clip, judgement, scored)));
            } else {
                endRun();
            }
        }
    }

    private boolean isSuspect(Verdict.Score score) {
        return score.pFake() >= policy.threshold().pFake();
    }

    /** The verdict on the face, when its track has ended. */
    public Judgement judge(TrackEnded ended) {
        EnumSet<Reason> reasons = EnumSet.noneOf(Reason.class);
        double share = judgedClips > 0 ? VerdictPolicy.NOTABLE_SHARE : 0;
        reasonCounts.forEach((reason, count) -> {
            if (count >= share * clips || reason == Reason.COLOUR_MAPPED) {
                reasons.add(reason);
            }
        });
        // What cannot be decoded makes no clip, so only the end of the track can tell that the face was cut off.
        if (ended.coverage().damaged() > damagedAtLastClip) {
            reasons.add(Reason.DECODE_ERROR);
        }
        List<Face.Frame> kept = frames.finish();
        Face face = new Face(track, frames.scored(), kept, suspect);
        if (judgedClips > 0) {
            endRun();
            return withParts(policy.rule().decide(whole.evidence(), reasons, face));
        }
        reasons.add(Reason.TOO_FEW_FRAMES);
        if (ended.cause() == TrackEnded.Cause.LEFT) {
            reasons.add(Reason.TRACK_LOST);
        }
        return Judgement.notEvaluable(reasons, Optional.of(face));
    }

    private Judgement withParts(Judgement byMean) {
        Judgement judgement = byMean;
        for (Pool part : Stream.concat(worstRun.stream(), worstClip.stream()).toList()) {
            judgement = policy.rule().withPart(part.evidence(), whole.independentClips, judgement);
        }
        return judgement;
    }

    private void endRun() {
        if (run.weight > 0) {
            worstRun = Optional.of(worse(worstRun, run));
            run = new Pool();
        }
    }

    private Pool worse(Optional<Pool> worst, Pool other) {
        return worst.filter(pool -> certainty(pool) >= certainty(other)).orElse(other);
    }

    private double certainty(Pool pool) {
        return policy.rule().leastProbability(pool.evidence().logit(), pool.independentClips, 1);
    }

    private void addSuspect(long startMicros, long endMicros) {
        int last = suspect.size() - 1;
        // Past the limit, spans grow together: a suspect moment is never dropped.
        if (last >= 0 && (startMicros <= suspect.get(last).endMicros() || suspect.size() == MAX_SUSPECT)) {
            suspect.set(last, new Face.Suspect(suspect.get(last).startMicros(), endMicros));
        } else {
            suspect.add(new Face.Suspect(startMicros, endMicros));
        }
    }
}
