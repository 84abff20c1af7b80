package io.unmask.model.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;

/** Measures of calibrated scores. A measure that needs fakes, or authentic clips, is left out where there are none. */
public final class Metrics {
    public static final int BINS = 15;

    private Metrics() {}

    /**
     * Every measure that is defined, by name.
     *
     * <p>{@code apcer} is the share of fakes below the threshold, {@code bpcer} that of authentic clips at or above it
     * (ISO/IEC 30107-3); {@code auc}, {@code eer} and {@code ap} judge the order alone; {@code log_loss}, {@code brier}
     * and {@code ece} the probabilities.
     */
    public static Map<String, Double> of(Scores scores, double threshold) {
        var metrics = new LinkedHashMap<String, Double>();
        boolean both = scores.fakes() > 0 && scores.authentic() > 0;
        var confusion = Confusion.of(scores, threshold);
        if (both) {
            var roc = Roc.of(scores);
            metrics.put("auc", roc.auc());
            metrics.put("eer", roc.eer());
            metrics.put("ap", averagePrecision(scores));
        }
        if (scores.fakes() > 0) {
            metrics.put("apcer", confusion.apcer());
        }
        if (scores.authentic() > 0) {
            metrics.put("bpcer", confusion.bpcer());
        }
        if (both) {
            metrics.put("accuracy", confusion.accuracy());
        }
        if (scores.size() > 0) {
            metrics.put("log_loss", logLoss(scores));
            metrics.put("brier", brier(scores));
            metrics.put("ece", Reliability.of(scores, BINS).ece());
        }
        return metrics;
    }

    /** Mean precision over the steps of recall, a threshold at each distinct score. Needs a fake. */
    public static double averagePrecision(Scores scores) {
        double sum = 0;
        int found = 0;
        for (int i = 0; i < scores.size(); ) {
            int before = found;
            for (int end = i + scores.ties(i); i < end; i++) {
                found += scores.fake(i) ? 1 : 0;
            }
            sum += (double) (found - before) * found / i;
        }
        return sum / scores.fakes();
    }

    /** Mean negative log-likelihood in nats, from logits, so that a sure score does not overflow. */
    public static double logLoss(Scores scores) {
        double sum = 0;
        for (int i = 0; i < scores.size(); i++) {
            double margin = scores.fake(i) ? scores.logit(i) : -scores.logit(i);
            sum += Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(0, -margin);
        }
        return sum / scores.size();
    }

    /** Mean squared distance of {@code pFake} from 0 or 1. */
    public static double brier(Scores scores) {
        double sum = 0;
        for (int i = 0; i < scores.size(); i++) {
            double error = scores.pFake(i) - (scores.fake(i) ? 1 : 0);
            sum += error * error;
        }
        return sum / scores.size();
    }
}
