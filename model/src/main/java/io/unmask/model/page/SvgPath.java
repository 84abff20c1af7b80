package io.unmask.model.page;

import java.util.Locale;

/**
 * The path of an SVG chart, drawn in values from 0 to 1 that a box scales to the picture's units: 0 is left and at the bottom.
 * Not thread-safe.
 */
public final class SvgPath {
    private final Box box;
    private final StringBuilder path = new StringBuilder();

    /**
     * Where a chart's values lie in its picture.
     *
     * @param left of 0
     * @param top of 1
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

    /** As the attribute {@code d} has it. */
    @Override
    public String toString() {
        return path.toString();
    }

    /** At most two decimals, in every locale with a point. */
    public static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
    }
}
