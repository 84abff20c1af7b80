package io.unmask.model.calibrate;

import io.unmask.model.evaluate.Sample;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Fits {@code logit = raw / temperature + bias} by least log-loss (Guo et al., ICML 2017; with a bias it is Platt's
 * method). The targets are Platt's, a little inside 0 and 1, so that separable data have a finite fit too. The loss is
 * convex in {@code (1 / temperature, bias)}: Newton's method with halved steps finds its one minimum (Lin, Lin and
 * Weng, Machine Learning 68, 2007).
 */
public final class TemperatureScaling {
    private static final int MOST_STEPS = 100;
    private static final int MOST_HALVINGS = 60;

    /** Keeps the Hessian invertible where all probabilities are 0 or 1. */
    private static final double RIDGE = 1e-12;

    private final double[] raw;
    private final double[] targets;
    /** How much each sample counts; the sum is 1. */
    private final double[] shares;

    private final boolean withBias;

    /** @param temperature positive */
    public record Fit(double temperature, double bias) {}

    private TemperatureScaling(double[] raw, double[] targets, double[] shares, boolean withBias) {
        this.raw = raw;
        this.targets = targets;
        this.shares = shares;
        this.withBias = withBias;
    }

    /**
     * Fits raw logits. The classes weigh the same; in each, every tool or origin does; and in those every video in each
     * encoding, whose clips err together. So neither a large data set nor a long video outweighs the others.
     *
     * @throws IllegalArgumentException if a class is missing, or the logits do not rise from authentic to fake
     */
    public static Fit fit(List<Sample> samples, boolean withBias) {
        long fakeClips = samples.stream().filter(Sample::fake).count();
        if (fakeClips == 0 || fakeClips == samples.size()) {
            throw new IllegalArgumentException("calibration needs both classes, not " + (samples.size() - fakeClips)
                    + " authentic and " + fakeClips + " fake clips");
        }
        Map<String, Long> clips =
                samples.stream().collect(Collectors.groupingBy(Sample::encodedFace, Collectors.counting()));
        long fakes = samples.stream()
                .filter(Sample::fake)
                .map(Sample::encodedFace)
                .distinct()
                .count();
        long authentic = clips.size() - fakes;
        double high = (fakes + 1.0) / (fakes + 2);
        double low = 1.0 / (authentic + 2);
        double[] targets =
                samples.stream().mapToDouble(s -> s.fake() ? high : low).toArray();
        double[] raw = samples.stream().mapToDouble(Sample::logit).toArray();
        double[] shares = Weights.of(samples);
        return new TemperatureScaling(raw, targets, shares, withBias).minimise();
    }

    private Fit minimise() {
        double[] at = {0, 0}; // 1 / temperature, bias
        double loss = loss(at);
        for (int i = 0; i < MOST_STEPS; i++) {
            double[] step = newtonStep(at[0], at[1]);
            double[] next = {at[0] + step[0], at[1] + step[1]};
            double nextLoss = loss(next);
            for (int halving = 0; nextLoss > loss && halving < MOST_HALVINGS; halving++) {
                next = new double[] {(at[0] + next[0]) / 2, (at[1] + next[1]) / 2};
                nextLoss = loss(next);
            }
            if (nextLoss >= loss) {
                break;
            }
            at = next;
            loss = nextLoss;
        }
        if (at[0] <= 0) {
            throw new IllegalArgumentException(
                    "the logits do not rise from authentic to fake clips: the model cannot be calibrated");
        }
        return new Fit(1 / at[0], at[1]);
    }

    private double[] newtonStep(double slope, double bias) {
        double g0 = 0;
        double g1 = 0;
        double h00 = RIDGE;
        double h01 = 0;
        double h11 = RIDGE;
        for (int i = 0; i < raw.length; i++) {
            double p = 1 / (1 + Math.exp(-(raw[i] * slope + bias)));
            double error = (p - targets[i]) * shares[i];
            double weight = p * (1 - p) * shares[i];
            g0 += error * raw[i];
            g1 += error;
            h00 += weight * raw[i] * raw[i];
            h01 += weight * raw[i];
            h11 += weight;
        }
        if (!withBias) {
            return new double[] {-g0 / h00, 0};
        }
        double determinant = h00 * h11 - h01 * h01;
        return new double[] {(h01 * g1 - h11 * g0) / determinant, (h01 * g0 - h00 * g1) / determinant};
    }

    private double loss(double[] at) {
        double sum = 0;
        for (int i = 0; i < raw.length; i++) {
            double logit = raw[i] * at[0] + at[1];
            sum += shares[i] * (Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - targets[i] * logit);
        }
        return sum;
    }
}
