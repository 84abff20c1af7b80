package io.unmask.samples.bench;

import java.util.Locale;

/**
 * The value that a figure should reach.
 *
 * @param of the figure
 * @param atLeast whether the figure should be at least the value; otherwise it should be at most the value
 */
record Target(Figure of, boolean atLeast, double value) {

    enum Figure {
        RATIO,
        OURS
    }

    static Target ratio(double atLeast) {
        return new Target(Figure.RATIO, true, atLeast);
    }

    static Target oursAtLeast(double value) {
        return new Target(Figure.OURS, true, value);
    }

    static Target oursAtMost(double value) {
        return new Target(Figure.OURS, false, value);
    }

    boolean met(double figure) {
        return atLeast ? figure >= value : figure <= value;
    }

    /** As in {@code ratio ≥ 0.95} or {@code ≤ 10 s}. */
    String text(String unit) {
        String bound = (atLeast ? "≥ " : "≤ ") + Figures.text(value);
        return of == Figure.RATIO ? "ratio " + bound : String.format(Locale.ROOT, "%s %s", bound, unit);
    }
}
