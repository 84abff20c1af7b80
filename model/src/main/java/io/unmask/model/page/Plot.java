package io.unmask.model.page;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A square chart whose axes go from 0 to 1, for {@code plot.mustache} to draw. Not thread-safe.
 */
public final class Plot {
    private static final int SIDE = 260;
    private static final SvgPath.Box BOX = new SvgPath.Box(44, 10, SIDE, SIDE);
    private static final int TICKS = 4;

    private final String xTitle;
    private final String yTitle;
    private final List<Line> lines = new ArrayList<>();
    private final List<Bar> bars = new ArrayList<>();
    private final List<Curve> curves = new ArrayList<>();
    private final List<Dot> dots = new ArrayList<>();

    public Plot(String xTitle, String yTitle) {
        this.xTitle = xTitle;
        this.yTitle = yTitle;
    }

    record Line(String style, String x1, String y1, String x2, String y2) {}

    record Bar(String style, String x, String y, String width, String height, String title) {}

    record Curve(String style, String path) {}

    record Dot(String style, String x, String y, String radius, String title) {}

    record Tick(String label, String x, String y) {}

    /**
     * Adds a line between two points.
     *
     * @param style CSS class
     */
    public Plot line(String style, double x1, double y1, double x2, double y2) {
        lines.add(new Line(style, x(x1), y(y1), x(x2), y(y2)));
        return this;
    }

    /**
     * Adds a bar that stands on the horizontal axis.
     *
     * @param style CSS class
     * @param left its left edge
     * @param title tooltip
     */
    public Plot bar(String style, double left, double width, double height, String title) {
        bars.add(new Bar(
                style, x(left), y(height), SvgPath.number(SIDE * width - 0.5), SvgPath.number(SIDE * height), title));
        return this;
    }

    /** Begins a path in this plot's coordinates, to be added as a {@link #curve}. */
    public SvgPath path() {
        return new SvgPath(BOX);
    }

    /**
     * Adds a curve.
     *
     * @param style CSS class
     */
    public Plot curve(String style, SvgPath path) {
        curves.add(new Curve(style, path.toString()));
        return this;
    }

    /**
     * Adds a dot.
     *
     * @param style CSS class
     * @param radius in the picture's units
     * @param title tooltip
     */
    public Plot dot(String style, double x, double y, double radius, String title) {
        dots.add(new Dot(style, x(x), y(y), SvgPath.number(radius), title));
        return this;
    }

    String xTitle() {
        return xTitle;
    }

    String yTitle() {
        return yTitle;
    }

    List<Line> lines() {
        return lines;
    }

    List<Bar> bars() {
        return bars;
    }

    List<Curve> curves() {
        return curves;
    }

    List<Dot> dots() {
        return dots;
    }

    List<Tick> ticks() {
        return IntStream.rangeClosed(0, TICKS)
                .mapToDouble(i -> (double) i / TICKS)
                .mapToObj(value -> new Tick(SvgPath.number(value), x(value), y(value)))
                .toList();
    }

    private static String x(double value) {
        return SvgPath.number(BOX.x(value));
    }

    private static String y(double value) {
        return SvgPath.number(BOX.y(value));
    }
}
