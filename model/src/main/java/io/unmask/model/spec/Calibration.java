package io.unmask.model.spec;

import java.time.LocalDate;
import java.util.Arrays;

/**
 * How a detector's raw logit becomes a probability and a decision.
 *
 * @param method names the fit, as in {@code temperature+bias}
 * @param temperature divides the raw logit (Guo et al., ICML 2017)
 * @param bias added after the division; 0 where none was fitted
 * @param threshold {@code pFake} from which a face is called fake; of other labels, the probability that the most probable
 *     one must reach to be chosen
 * @param expectedFpr share of the authentic calibration clips at or above the threshold, the mean over their origins; of
 *     other labels, share of the clips whose most probable label reaches it and is wrong
 * @param spread standard deviation of the calibrated logit of one face between moments and encodings of the same video
 * @param ece expected calibration error on the calibration set, 15 bins
 * @param brier Brier score on the calibration set
 * @param setDigest SHA-256 of the calibration manifest
 * @param date day of the fit
 */
public record Calibration(
        String method,
        double temperature,
        double bias,
        double threshold,
        double expectedFpr,
        double spread,
        double ece,
        double brier,
        String setDigest,
        LocalDate date) {
    public Calibration {
        if (!(temperature > 0)) {
            throw new IllegalArgumentException("temperature = " + temperature + ": must be above 0");
        }
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold = " + threshold + ": must be from 0 to 1");
        }
    }

    /** Two-sided 90 % of a normal distribution. */
    private static final double Z90 = 1.645;

    /** Calibrated logit of a raw one. */
    public double logit(double raw) {
        return raw / temperature + bias;
    }

    /** Probabilities of several labels, by their calibrated logits: the softmax. */
    public static double[] probabilities(double[] logits) {
        double largest = Arrays.stream(logits).max().orElseThrow();
        double[] powers =
                Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).toArray();
        double sum = Arrays.stream(powers).sum();
        return Arrays.stream(powers).map(power -> power / sum).toArray();
    }

    /** Logit of one label's probability, out of the calibrated logits of all: its own minus the log-sum-exp of the others. */
    public static double logitOf(int label, double[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int other = 0; other < logits.length; other++) {
            largest = other == label ? largest : Math.max(largest, logits[other]);
        }
        double others = 0;
        for (int other = 0; other < logits.length; other++) {
            others += other == label ? 0 : Math.exp(logits[other] - largest);
        }
        return logits[label] - largest - Math.log(others);
    }

    /** Probability of a calibrated logit. */
    public static double probability(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    /** Logit of a probability. */
    public static double logitOf(double probability) {
        return Math.log(probability / (1 - probability));
    }

    /** 90 % interval of {@code pFake} at a calibrated logit that is the mean of so many independent clips. */
    public Interval interval(double logit, int clips) {
        double margin = Z90 * spread / Math.sqrt(clips);
        return new Interval(probability(logit - margin), probability(logit + margin));
    }

    /** Bounds of a probability. */
    public record Interval(double low, double high) {
        public boolean spans(double threshold) {
            return low < threshold && threshold <= high;
        }
    }
}
