package io.unmask.model.calibrate;

import io.unmask.model.evaluate.LabelledClip;
import io.unmask.model.spec.Calibration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Fits the temperature at which the softmax of several labels' logits has the least log-loss. As in {@link
 * TemperatureScaling} the targets lie a little inside 0 and 1, so that separable data have a finite fit too. The loss is
 * convex in {@code 1 / temperature}: its derivative rises, and bisection finds where it is 0.
 */
final class LabelTemperature {
    private static final int HALVINGS = 200;
    private static final double HOTTEST = 1e6;

    private final List<LabelledClip> clips;
    private final double[][] targets;
    private final double[] shares;

    private LabelTemperature(List<LabelledClip> clips, double[][] targets, double[] shares) {
        this.clips = clips;
        this.targets = targets;
        this.shares = shares;
    }

    /**
     * Fits raw logits. The labels weigh the same; in each, every face in each encoding does, whose clips err together.
     *
     * @throws IllegalArgumentException if a label is missing, or the right one's logit is not the larger one as a rule
     */
    static double fit(List<String> labels, List<LabelledClip> clips) {
        Map<Integer, Long> faces = Weights.faces(clips);
        for (int label = 0; label < labels.size(); label++) {
            if (!faces.containsKey(label)) {
                throw new IllegalArgumentException("calibration needs all labels: no clip is " + labels.get(label));
            }
        }
        double[][] targets = clips.stream()
                .map(clip -> targets(clip.label(), labels.size(), faces.get(clip.label())))
                .toArray(double[][]::new);
        return new LabelTemperature(clips, targets, Weights.ofLabelled(clips)).minimise();
    }

    /** Platt's, for several labels: as if one more face of each label had been seen with these logits. */
    private static double[] targets(int label, int labels, long faces) {
        return IntStream.range(0, labels)
                .mapToDouble(other -> (other == label ? faces + 1.0 : 1.0) / (faces + labels))
                .toArray();
    }

    private double minimise() {
        double low = 1 / HOTTEST;
        double high = HOTTEST;
        if (slope(low) >= 0) {
            throw new IllegalArgumentException(
                    "the right label's logit is not the largest one as a rule: the model cannot be calibrated");
        }
        for (int i = 0; i < HALVINGS; i++) {
            double middle = Math.sqrt(low * high);
            if (slope(middle) < 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return 1 / low;
    }

    /** Derivative of the loss by the inverse temperature: the logits' mean as said minus their mean as true. */
    private double slope(double inverse) {
        double slope = 0;
        for (int i = 0; i < shares.length; i++) {
            double[] logits = clips.get(i).logits();
            double[] scaled = new double[logits.length];
            for (int k = 0; k < logits.length; k++) {
                scaled[k] = logits[k] * inverse;
            }
            double[] p = Calibration.probabilities(scaled);
            for (int k = 0; k < logits.length; k++) {
                slope += shares[i] * (p[k] - targets[i][k]) * logits[k];
            }
        }
        return slope;
    }
}
