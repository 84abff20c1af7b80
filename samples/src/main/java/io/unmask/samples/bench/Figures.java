package io.unmask.samples.bench;

import java.util.Locale;

/** Numbers as people read them. */
final class Figures {
    private Figures() {}

    /** Three digits that count, as in 0.95, 12.3 and 5,000. */
    static String text(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) && size < 100) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }

    static String text(Spread spread) {
        return text(spread.median()) + " (" + text(spread.min()) + "–" + text(spread.max()) + ")";
    }
}
