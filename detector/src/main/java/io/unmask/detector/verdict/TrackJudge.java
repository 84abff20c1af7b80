package io.unmask.detector.verdict;

import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gathers the verdicts on one track's clips into the verdict on the face, in memory that does not grow with the track.
 *
 * <p>The face's logit is the mean of its clips' calibrated logits weighted by their scored frames: every judged frame
 * counts alike, however the windows fell. Overlapping clips share frames and so do not count as evidence twice: the
 * interval narrows with the square root of the number of clips that do not overlap. Not thread-safe.
 */
public final class TrackJudge {
    private static final int MAX_SUSPECT = 256;

    private final VerdictPolicy policy;
    private final int track;
    private final Map<Reason, Integer> reasonCounts = new EnumMap<>(Reason.class);
    private final List<Face.Suspect> suspect = new ArrayList<>();
    private final FrameThinner frames = new FrameThinner(Face.MAX_FRAMES);
    private int clips;
    private int judgedClips;
    private int independentClips;
    private long independentEndMicros = Long.MIN_VALUE;
    private long damagedAtLastClip;
    private double weightedLogits;
    private long weight;

    public TrackJudge(VerdictPolicy policy, int track) {
        this.policy = policy;
        this.track = track;
    }

    /** Takes the verdict on the track's next clip; clips come by time and may overlap. */
    public void add(Gating gating, Judgement judgement) {
        clips++;
        damagedAtLastClip = gating.clip().coverage().damaged();
        judgement.reasons().forEach(reason -> reasonCounts.merge(reason, 1, Integer::sum));
        frames.add(judgement.face().orElseThrow().frames());
        judgement.score().ifPresent(score -> {
            judgedClips++;
            int scored = judgement.face().orElseThrow().framesScored();
            weightedLogits += scored * score.logit();
            weight += scored;
            long start = gating.clip().startMicros();
            long end = gating.clip().endMicros();
            if (start >= independentEndMicros) {
                independentClips++;
                independentEndMicros = end;
            }
            if (score.pFake() >= policy.threshold().pFake()) {
                addSuspect(start, end);
            }
        });
    }

    /** The verdict on the face, when its track has ended. */
    public Judgement judge(TrackEnded ended) {
        EnumSet<Reason> reasons = EnumSet.noneOf(Reason.class);
        double share = judgedClips > 0 ? VerdictPolicy.NOTABLE_SHARE : 0;
        reasonCounts.forEach((reason, count) -> {
            if (count >= share * clips) {
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
            return policy.decided(weightedLogits / weight, independentClips, reasons, face);
        }
        reasons.add(Reason.TOO_FEW_FRAMES);
        if (ended.cause() == TrackEnded.Cause.LEFT) {
            reasons.add(Reason.TRACK_LOST);
        }
        return Judgement.notEvaluable(reasons, Optional.of(face));
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
