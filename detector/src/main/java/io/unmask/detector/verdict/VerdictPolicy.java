package io.unmask.detector.verdict;

import io.unmask.config.Settings;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Distance;
import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.detector.verdict.Verdict.Score;
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
import java.util.Arrays;
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
 * {@code NOT_EVALUABLE}. Otherwise a face that is too unlike the training faces, or whose colours had to be mapped, is {@code
 * INCONCLUSIVE}, and else the calibrated 90 % interval decides: {@code INCONCLUSIVE} when it spans the threshold, else {@code FAKE} from the threshold
 * on and {@code REAL} below it.
 */
public final class VerdictPolicy {

    /** Share of a clip's frames, or of a track's clips, from which a quality problem is worth telling. */
    static final double NOTABLE_SHARE = 0.25;

    /** The 90 % interval leaves as much on either side. */
    private static final double ONE_SIDED = 0.05;

    /** What a face shows that the model has not learnt to judge, whatever its score. */
    private static final Set<Reason> UNDECIDABLE =
            Collections.unmodifiableSet(EnumSet.of(Reason.OUT_OF_DISTRIBUTION, Reason.COLOUR_MAPPED));

    private final Calibration calibration;
    private final Optional<OutOfDistribution> unfamiliar;
    private final Settings.Quality limits;
    private final int minFrames;
    private final Threshold threshold;

    /** @param unfamiliar the limit on the distance that the model tells; empty when it tells none */
    public VerdictPolicy(Calibration calibration, Optional<OutOfDistribution> unfamiliar, Settings settings) {
        this.calibration = calibration;
        this.unfamiliar = unfamiliar;
        this.limits = settings.quality();
        this.minFrames = settings.clip().minFrames();
        this.threshold = settings.verdict()
                .threshold()
                .map(byHand -> new Threshold(byHand, Optional.empty()))
                .orElseGet(() -> new Threshold(calibration.threshold(), Optional.of(calibration.expectedFpr())));
    }

    /** The threshold in force. */
    public Threshold threshold() {
        return threshold;
    }

    /**
     * Chooses the frames to score; the first of two steps.
     *
     * @param met reasons that lie in the pictures of the clip's span, see {@link SpanReasons}
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

    /** The verdict on a clip that {@link #gate} found not evaluable. */
    public Judgement refuse(Gating gating) {
        if (gating.evaluable()) {
            throw new IllegalArgumentException("the clip has enough good frames: score it");
        }
        return Judgement.notEvaluable(gating.reasons(), Optional.of(face(gating, new double[0])));
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
        requireFinite(score);
        double logit = calibration.logit(score.logit());
        return decided(new Evidence(logit, 1, distance(score)), gating.reasons(), face(gating, score.frameLogits()));
    }

    /** The verdict on a span, or on a whole stream, in which no face was found. */
    public Judgement noFace(Coverage coverage, Set<Reason> met) {
        EnumSet<Reason> reasons = EnumSet.noneOf(Reason.class);
        if (coverage.sampled() > 0) {
            reasons.add(Reason.NO_FACE);
        }
        if (coverage.sampled() == 0) {
            reasons.add(Reason.DECODE_ERROR);
        }
        reasons.addAll(met);
        return Judgement.notEvaluable(reasons, Optional.empty());
    }

    /** The verdict on a span between damage and the next key frame. */
    public Judgement damaged() {
        return Judgement.notEvaluable(EnumSet.of(Reason.DECODE_ERROR), Optional.empty());
    }

    /**
     * What a decision rests on.
     *
     * @param logit calibrated, the mean of so many independent clips
     * @param distance from the training faces, their mean, too; absent when the model does not tell it
     */
    record Evidence(double logit, int independentClips, Optional<Double> distance) {}

    Judgement decided(Evidence evidence, Set<Reason> reasons, Face face) {
        double pFake = Calibration.probability(evidence.logit());
        Calibration.Interval interval = calibration.interval(evidence.logit(), evidence.independentClips());
        Score score = new Score(pFake, evidence.logit(), interval, limited(evidence.distance()));
        EnumSet<Reason> all = EnumSet.noneOf(Reason.class);
        all.addAll(reasons);
        if (isOutOfDistribution(score)) {
            all.add(Reason.OUT_OF_DISTRIBUTION);
        }
        Decision decision = !Collections.disjoint(all, UNDECIDABLE) || interval.spans(threshold.pFake())
                ? Decision.INCONCLUSIVE
                : pFake >= threshold.pFake() ? Decision.FAKE : Decision.REAL;
        return new Judgement(decision, Judgement.ordered(all), Optional.of(score), Optional.of(face));
    }

    private static boolean isOutOfDistribution(Score score) {
        return score.distance().filter(Distance::exceedsLimit).isPresent();
    }

    private Optional<Distance> limited(Optional<Double> distance) {
        return unfamiliar.flatMap(known -> distance.map(value -> new Distance(value, known.limit())));
    }

    private Optional<Double> distance(ClipScore score) {
        if (score.distance().isPresent() != unfamiliar.isPresent()) {
            throw new IllegalArgumentException("the model tells a distance, or it has no limit for it: not one alone");
        }
        return score.distance();
    }

    /**
     * Decides a face by the most suspect part of its track, a run of clips or one clip, where nothing else said fake. The
     * more clips were looked at, the more certain the part must be: one of many authentic clips is suspect by chance
     * (Bonferroni's correction). A part that is certain by itself but not among so many keeps the face from being {@code
     * REAL}: the interval then reaches up to the part's own.
     *
     * @param part of the track; out of distribution it decides nothing, as the whole track would not
     * @param trackClips independent clips of the whole track
     * @param before the verdict without this part, whose face and reasons are taken
     */
    Judgement withPart(Evidence part, int trackClips, Judgement before) {
        Optional<Distance> distance = limited(part.distance());
        if (before.decision() == Decision.FAKE
                || before.reasons().contains(Reason.OUT_OF_DISTRIBUTION)
                || distance.filter(Distance::exceedsLimit).isPresent()) {
            return before;
        }
        double logit = part.logit();
        // A track has at most as many runs as clips, and either may be the part.
        int parts = 2 * trackClips;
        double low = leastProbability(logit, part.independentClips(), parts);
        double high = Calibration.probability(logit + margin(part.independentClips(), parts));
        if (low >= threshold.pFake()) {
            Score ofPart =
                    new Score(Calibration.probability(logit), logit, new Calibration.Interval(low, high), distance);
            return new Judgement(Decision.FAKE, before.reasons(), Optional.of(ofPart), before.face());
        }
        if (before.decision() == Decision.REAL
                && calibration.interval(logit, part.independentClips()).low() >= threshold.pFake()) {
            Score mean = before.score().orElseThrow();
            Calibration.Interval both = new Calibration.Interval(mean.interval().low(), high);
            Score wide = new Score(mean.pFake(), mean.logit(), both, mean.distance());
            return new Judgement(Decision.INCONCLUSIVE, before.reasons(), Optional.of(wide), before.face());
        }
        return before;
    }

    /** The lower bound of the probability of a mean of so many clips that was chosen among several. */
    double leastProbability(double logit, int clips, int chosenAmong) {
        return Calibration.probability(logit - margin(clips, chosenAmong));
    }

    private double margin(int clips, int chosenAmong) {
        return upperQuantile(ONE_SIDED / chosenAmong) * calibration.spread() / Math.sqrt(clips);
    }

    /** The standard normal deviate that is exceeded with the given probability: Abramowitz and Stegun, 26.2.23. */
    private static double upperQuantile(double probability) {
        double t = Math.sqrt(-2 * Math.log(probability));
        return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
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

    private static void requireFinite(ClipScore score) {
        if (!Double.isFinite(score.logit())
                || !Arrays.stream(score.frameLogits()).allMatch(Double::isFinite)
                || !score.distance().stream().allMatch(Double::isFinite)) {
            throw new ScoringException("the model gave a score that is not a number (logit " + score.logit()
                    + "): the model is damaged, run unmask doctor");
        }
    }

    private Face face(Gating gating, double[] frameLogits) {
        List<Face.Frame> frames = new ArrayList<>();
        int scored = 0;
        for (int i = 0; i < gating.clip().samples().size(); i++) {
            FaceSample sample = gating.clip().samples().get(i);
            Optional<Double> pFake = gating.isGood(i) && frameLogits.length > 0
                    ? Optional.of(Calibration.probability(calibration.logit(frameLogits[scored++])))
                    : Optional.empty();
            frames.add(new Face.Frame(sample.timeMicros(), sample.box(), sample.quality(), pFake));
        }
        return new Face(gating.clip().trackId(), scored, frames, suspect(frames));
    }

    /** Runs of neighbouring scored frames at or above the threshold; a frame that was not scored ends a run. */
    private List<Face.Suspect> suspect(List<Face.Frame> frames) {
        List<Face.Suspect> runs = new ArrayList<>();
        int[] hits = IntStream.range(0, frames.size())
                .filter(i -> frames.get(i)
                        .pFake()
                        .filter(p -> p >= threshold.pFake())
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
