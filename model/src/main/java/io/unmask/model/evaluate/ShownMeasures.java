package io.unmask.model.evaluate;

import io.unmask.model.evaluate.Slice.Estimate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Measures as the report shows them. */
final class ShownMeasures {
    /** The measures that have a column, by their names in {@link Metrics}. */
    static final Map<String, String> TITLES = titles();

    private static final Set<String> DECIMALS = Set.of("auc", "ap", "log_loss", "brier", "ece");

    private ShownMeasures() {}

    private static Map<String, String> titles() {
        var titles = new LinkedHashMap<String, String>();
        titles.put("auc", "AUC");
        titles.put("eer", "EER");
        titles.put("ap", "AP");
        titles.put("apcer", "APCER");
        titles.put("bpcer", "BPCER");
        titles.put("accuracy", "Accuracy");
        titles.put("log_loss", "Log-loss");
        titles.put("brier", "Brier");
        titles.put("ece", "ECE");
        return titles;
    }

    /**
     * A measure and its interval.
     *
     * @param value a dash when the measure is undefined
     * @param interval empty when the measure is undefined
     */
    record Figure(String value, String interval) {
        static final Figure UNDEFINED = new Figure("–", "");
    }

    static Figure of(String metric, Optional<Estimate> estimate) {
        return estimate.map(e -> new Figure(text(metric, e.value()), interval(metric, e)))
                .orElse(Figure.UNDEFINED);
    }

    private static String interval(String metric, Estimate estimate) {
        return estimate.interval()
                .map(i -> text(metric, i.low()).replace(" %", "") + "–" + text(metric, i.high()))
                .orElse("too few persons: no interval");
    }

    private static String text(String metric, double value) {
        return DECIMALS.contains(metric) ? decimal(value) : percent(value);
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
