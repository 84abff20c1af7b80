package io.unmask.detector.verdict;

import io.unmask.config.Settings;
import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.detector.verdict.Verdict.Threshold;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.model.score.ClipScorer.ClipScore;
import io.unmask.model.score.ScoringException;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.OutOfDistribution;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The rules by which measurements become verdicts. Pure: no state, clock or I/O; thread-safe.
 *
 * <p>A frame that fails a quality limit is not scored. A clip with fewer good frames than {@code clip.min-frames} is
 * {@code NOT_EVALUABLE}. Otherwise {@link DecisionRule} decides.
 */
public final class VerdictPolicy {

    /** A quality problem becomes a reason when it affects at least this share of a clip's frames, or of a track's clips. */
    static final double NOTABLE_SHARE = 0.25;

    private final DecisionRule rule;
    private final Settings.Quality limits;
    private final int minFrames;

    /**
     * Makes the rules for a model.
     *
     * @param model that judges
     * @param unfamiliar limit on a face's distance from the training faces; empty when the model measures no distance
     */
    public VerdictPolicy(Verdict.Model model, Optional<OutOfDistribution> unfamiliar, Settings settings) {
        Calibration calibration = model.calibration();
        Threshold threshold = settings.verdict()
                .threshold()
                .map(byHand -> new Threshold(byHand, Optional.empty()))
                .orElseGet(() -> new Threshold(calibration.threshold(), Optional.of(calibration.expectedFpr())));
        this.rule = new DecisionRule(model.labels(), calibration, unfamiliar, threshold);
        this.limits = settings.quality();
        this.minFrames = settings.clip().minFrames();
    }

    /** The threshold in force. */
    public Threshold threshold() {
        return rule.threshold();
    }

    DecisionRule rule() {
        return rule;
    }

    /**
     * Chooses the frames to score; the first of two steps.
     *
     * @param met reasons that concern the whole pictures of the clip's span, see {@link SpanReasons}
     */
    public Gating gate(FaceClip clip, Set<Reason> met) {
        List<Set<Reason>> faults = clip.samples().stream()
                .map(FaceSample::quality)
                .map(this::faults)
                .toList();
        long good = faults.stream().filter(Set::isEmpty).count();
        boolean isStill = clip.coverage().wasStill();
        boolean evaluable = good >= minFrames && !isStill;
        Set<Reason> reasons = notable(faults, evaluable ? NOTABLE_SHARE : 0);
        if (!evaluable) {
            reasons.add(isStill ? Reason.STILL_PICTURE : Reason.TOO_FEW_FRAMES);
        }
        reasons.addAll(met);
        return new Gating(clip, faults, reasons, evaluable);
    }

    /** Gives the verdict on a clip that {@link #gate} found not evaluable; takes the place of the second step. */
    public Judgement refuse(Gating gating) {
        if (gating.evaluable()) {
            throw new IllegalArgumentException("the clip has enough good frames: score it");
        }
        return Judgement.notEvaluable(gating.reasons(), Optional.of(face(gating, Optional.empty())));
    }

    /**
     * Decides a clip; the second step.
     *
     * @param score of {@link Gating#good}, in its order
     * @throws ScoringException when the model gave no finite score
     */
    public Judgement judge(Gating gating, ClipScore score) {
        if (!gating.evaluable()) {
            throw new IllegalArgumentException("the clip has too few good frames to be judged");
        }
        score.requireFinite();
        DecisionRule.Evidence evidence = new DecisionRule.Evidence(rule.calibrated(score), 1, distance(score));
        return rule.decide(evidence, gating.reasons(), face(gating, Optional.of(score)));
    }

    /** The verdict on a span, or on a whole stream, in which no face was found. */
    public Judgement noFace(Coverage coverage, Set<Reason> met) {
        EnumSet<Reason> reasons = EnumSet.noneOf(Reason.class);
        reasons.add(coverage.sampled() > 0 ? Reason.NO_FACE : Reason.DECODE_ERROR);
        reasons.addAll(met);
        return Judgement.notEvaluable(reasons, Optional.empty());
    }

    /** The verdict on a span between damage and the next key frame. */
    public Judgement damaged() {
        return Judgement.notEvaluable(EnumSet.of(Reason.DECODE_ERROR), Optional.empty());
    }

    private Optional<Double> distance(ClipScore score) {
        if (score.distance().isPresent() != rule.unfamiliar().isPresent()) {
            throw new IllegalArgumentException(
                    "the model must give a distance and have a limit for it, or neither; distance " + score.distance()
                            + ", limit " + rule.unfamiliar());
        }
        return score.distance();
    }

    private Set<Reason> faults(FaceQuality quality) {
        EnumSet<Reason> faults = EnumSet.noneOf(Reason.class);
        if (quality.sizePx() < limits.minFacePx()) {
            faults.add(Reason.FACE_TOO_SMALL);
        }
        if (quality.sharpness() < limits.minSharpness()) {
            faults.add(Reason.BLURRED);
        }
        if (quality.brightness() < limits.minBrightness()) {
            faults.add(Reason.TOO_DARK);
        }
        if (quality.brightness() > limits.maxBrightness()) {
            faults.add(Reason.OVEREXPOSED);
        }
        if (quality.frontality() < limits.minFrontality()) {
            faults.add(Reason.PROFILE_VIEW);
        }
        return Collections.unmodifiableSet(faults);
    }

    /** The faults that at least this share of the samples have. */
    private static Set<Reason> notable(List<Set<Reason>> faults, double share) {
        Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
        faults.forEach(sample -> sample.forEach(fault -> counts.merge(fault, 1, Integer::sum)));
        EnumSet<Reason> notable = EnumSet.noneOf(Reason.class);
        counts.forEach((reason, count) -> {
            if (count >= share * faults.size()) {
                notable.add(reason);
            }
        });
        return notable;
    }

    /** @param score of the good frames; empty when the clip is not evaluable */
    private Face face(Gating gating, Optional<ClipScore> score) {
        List<Double> pFake = score.map(rule::framesFake).orElse(List.of());
        List<List<Double>> p = score.map(rule::framesLabelled).orElse(List.of());
        List<Face.Frame> frames = new ArrayList<>();
        int scored = 0;
        for (int i = 0; i < gating.clip().samples().size(); i++) {
            FaceSample sample = gating.clip().samples().get(i);
            boolean isScored = gating.isGood(i) && score.isPresent();
            frames.add(new Face.Frame(
                    sample.timeMicros(),
                    sample.box(),
                    sample.quality(),
                    isScored && !pFake.isEmpty() ? Optional.of(pFake.get(scored)) : Optional.empty(),
                    isScored && !p.isEmpty() ? Optional.of(p.get(scored)) : Optional.empty()));
            scored += isScored ? 1 : 0;
        }
        return new Face(gating.clip().trackId(), scored, frames, suspect(frames));
    }

    /** Runs of neighbouring frames whose scores reach the threshold. A frame that was not scored ends a run. */
    private List<Face.Suspect> suspect(List<Face.Frame> frames) {
        List<Face.Suspect> runs = new ArrayList<>();
        int[] hits = IntStream.range(0, frames.size())
                .filter(i -> frames.get(i)
                        .pFake()
                        .filter(p -> p >= threshold().pFake())
                        .isPresent())
                .toArray();
        int start = 0;
        for (int i = 0; i < hits.length; i++) {
            if (i + 1 == hits.length || hits[i + 1] != hits[i] + 1) {
                runs.add(new Face.Suspect(
                        frames.get(hits[start]).timeMicros(),
                        frames.get(hits[i]).timeMicros()));
                start = i + 1;
            }
        }
        return runs;
    }
}
