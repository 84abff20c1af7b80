package io.unmask.model.page;

import java.util.Locale;

/**
 * A path in an SVG chart. Its coordinates go from 0, on the left or at the bottom, to 1, and a box scales them to the
 * picture's units. Not thread-safe.
 */
public final class SvgPath {
    private final Box box;
    private final StringBuilder path = new StringBuilder();

    /**
     * The rectangle of the picture that a chart fills, in the picture's units.
     *
     * @param left where x is 0
     * @param top where y is 1
     */
    public record Box(double left, double top, double width, double height) {
        public double x(double value) {
            return left + value * width;
        }

        public double y(double value) {
            return top + (1 - value) * height;
        }
    }

    public SvgPath(Box box) {
        this.box = box;
    }

    public SvgPath moveTo(double x, double y) {
        return append('M', x, y);
    }

    public SvgPath lineTo(double x, double y) {
        return append('L', x, y);
    }

    /** A line without length, which a round cap turns into a dot. */
    public SvgPath dot(double x, double y) {
        append('M', x, y);
        path.append("h0");
        return this;
    }

    public SvgPath close() {
        path.append('Z');
        return this;
    }

    private SvgPath append(char command, double x, double y) {
        path.append(command).append(number(box.x(x))).append(' ').append(number(box.y(y)));
        return this;
    }

    /** The value of the attribute {@code d}. */
    @Override
    public String toString() {
        return path.toString();
    }

    /** A number with at most two decimals and a decimal point, whatever the locale. */
    public static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
    }
}
