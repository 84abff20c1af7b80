package io.unmask.detector.verdict;

import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Distance;
import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.detector.verdict.Verdict.Labels;
import io.unmask.detector.verdict.Verdict.Score;
import io.unmask.model.score.ClipScorer.ClipScore;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelSpec;
import io.unmask.model.spec.OutOfDistribution;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The one place where a model's logits become a decision. Pure and thread-safe.
 *
 * <p>A face that is too unlike the training faces, or whose colours had to be mapped, is {@code INCONCLUSIVE}. Otherwise the
 * calibrated 90 % interval decides. A detector's is the interval of {@code pFake}: {@code INCONCLUSIVE} when it spans the
 * threshold, else {@code FAKE} from the threshold on and {@code REAL} below it. With other labels it is the interval of the most
 * probable label: {@code LABELLED} when it lies at or above the threshold, else {@code INCONCLUSIVE}.
 *
 * <p>Calibrated logits are a list: of one number, the logit of {@code pFake}, for a detector, and of one number a label otherwise.
 *
 * @param unfamiliar limit on a face's distance from the training faces; empty when the model measures no distance
 * @param threshold in force
 */
record DecisionRule(
        List<String> labels,
        Calibration calibration,
        Optional<OutOfDistribution> unfamiliar,
        Verdict.Threshold threshold) {

    /** With one of these reasons a face is inconclusive, whatever its score: the model has not learnt to judge it. */
    static final Set<Reason> UNDECIDABLE =
            Collections.unmodifiableSet(EnumSet.of(Reason.OUT_OF_DISTRIBUTION, Reason.COLOUR_MAPPED));

    /** The probability on either side of a 90 % interval. */
    private static final double ONE_SIDED = 0.05;

    /**
     * What a decision rests on.
     *
     * @param logits calibrated; means over the clips
     * @param independentClips how many clips that do not overlap the means are of
     * @param distance from the training faces, a mean, too; absent when the model measures none
     */
    record Evidence(List<Double> logits, int independentClips, Optional<Double> distance) {
        /** A detector's only logit. */
        double logit() {
            return logits.get(0);
        }
    }

    private boolean isDetector() {
        return labels.equals(ModelSpec.DETECTOR_LABELS);
    }

    /** Calibrated logits of a clip. */
    List<Double> calibrated(ClipScore score) {
        return isDetector()
                ? List.of(calibration.logit(score.logit()))
                : Arrays.stream(score.labelLogits())
                        .map(calibration::logit)
                        .boxed()
                        .toList();
    }

    /** A detector's score of each of a clip's frames; none with other labels. */
    List<Double> framesFake(ClipScore score) {
        return isDetector()
                ? Arrays.stream(score.frameLogits())
                        .map(logit -> Calibration.probability(calibration.logit(logit)))
                        .boxed()
                        .toList()
                : List.of();
    }

    /** The labels' probabilities for each of a clip's frames; none of a detector. */
    List<List<Double>> framesLabelled(ClipScore score) {
        return isDetector()
                ? List.of()
                : Arrays.stream(score.frameLabelLogits())
                        .map(logits ->
                                Arrays.stream(logits).map(calibration::logit).toArray())
                        .map(logits -> Arrays.stream(Calibration.probabilities(logits))
                                .boxed()
                                .toList())
                        .toList();
    }

    Judgement decide(Evidence evidence, Set<Reason> reasons, Face face) {
        Optional<Distance> distance = limited(evidence.distance());
        EnumSet<Reason> all = EnumSet.noneOf(Reason.class);
        all.addAll(reasons);
        if (distance.filter(Distance::exceedsLimit).isPresent()) {
            all.add(Reason.OUT_OF_DISTRIBUTION);
        }
        boolean isUndecidable = !Collections.disjoint(all, UNDECIDABLE);
        List<Reason> ordered = Judgement.ordered(all);
        if (isDetector()) {
            Score score = score(evidence, distance);
            Decision decision = isUndecidable || score.interval().spans(threshold.pFake())
                    ? Decision.INCONCLUSIVE
                    : score.pFake() >= threshold.pFake() ? Decision.FAKE : Decision.REAL;
            return new Judgement(decision, ordered, Optional.of(score), Optional.empty(), Optional.of(face));
        }
        Labels found = labels(evidence, distance);
        Decision decision =
                isUndecidable || found.interval().low() < threshold.pFake() ? Decision.INCONCLUSIVE : Decision.LABELLED;
        return new Judgement(decision, ordered, Optional.empty(), Optional.of(found), Optional.of(face));
    }

    private Score score(Evidence evidence, Optional<Distance> distance) {
        return new Score(
                Calibration.probability(evidence.logit()),
                evidence.logit(),
                calibration.interval(evidence.logit(), evidence.independentClips()),
                distance);
    }

    private Labels labels(Evidence evidence, Optional<Distance> distance) {
        double[] logits =
                evidence.logits().stream().mapToDouble(Double::doubleValue).toArray();
        double[] p = Calibration.probabilities(logits);
        int most = IntStream.range(0, p.length).reduce(0, (best, i) -> p[i] > p[best] ? i : best);
        return new Labels(
                IntStream.range(0, p.length)
                        .mapToObj(i -> new Labels.Label(labels.get(i), p[i], logits[i]))
                        .toList(),
                calibration.interval(Calibration.logitOf(most, logits), evidence.independentClips()),
                distance);
    }

    private Optional<Distance> limited(Optional<Double> distance) {
        return unfamiliar.flatMap(known -> distance.map(value -> new Distance(value, known.limit())));
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
            return before.with(
                    Decision.FAKE,
                    new Score(Calibration.probability(logit), logit, new Calibration.Interval(low, high), distance));
        }
        if (before.decision() == Decision.REAL
                && calibration.interval(logit, part.independentClips()).low() >= threshold.pFake()) {
            Score mean = before.score().orElseThrow();
            Calibration.Interval both = new Calibration.Interval(mean.interval().low(), high);
            return before.with(Decision.INCONCLUSIVE, new Score(mean.pFake(), mean.logit(), both, mean.distance()));
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
}
