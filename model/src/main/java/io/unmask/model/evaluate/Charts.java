package io.unmask.model.evaluate;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Inline SVG charts, coloured by the page's CSS variables, so that they follow light and dark. */
final class Charts {
    private static final int SIDE = 260;
    private static final int LEFT = 44;
    private static final int TOP = 10;

    /** Points nearer than this to the last drawn one are left out: under half a pixel. */
    private static final double RESOLUTION = 0.0015;

    private Charts() {}

    static String roc(Roc roc, Confusion confusion) {
        var path = new StringBuilder("M").append(point(0, 0));
        Roc.Point last = roc.points().get(0);
        for (Roc.Point p : roc.points()) {
            if (p.fpr() - last.fpr() + p.tpr() - last.tpr() > RESOLUTION) {
                path.append('L').append(point(p.fpr(), p.tpr()));
                last = p;
            }
        }
        path.append('L').append(point(1, 1));
        String marks = line("chance", 0, 0, 1, 1)
                + "<path class='curve' d='" + path + "'/>"
                + dot("mark", confusion.bpcer(), 1 - confusion.apcer(), 5, "threshold in force");
        return frame("False alarms (BPCER)", "Fakes found (1 − APCER)", marks);
    }

    static String reliability(Reliability reliability) {
        int most = reliability.bins().stream()
                .mapToInt(Reliability.Bin::count)
                .max()
                .orElse(1);
        String dots = reliability.bins().stream()
                .map(bin -> line("gap", bin.meanPFake(), bin.meanPFake(), bin.meanPFake(), bin.fakeShare())
                        + dot(
                                "bin",
                                bin.meanPFake(),
                                bin.fakeShare(),
                                3 + 6 * Math.sqrt((double) bin.count() / most),
                                bin.count() + " faces: said " + percent(bin.meanPFake()) + ", true "
                                        + percent(bin.fakeShare())))
                .collect(Collectors.joining());
        return frame("Said: mean p_fake", "True: share of fakes", line("chance", 0, 0, 1, 1) + dots);
    }

    static String histogram(Histogram histogram, double threshold) {
        double most = IntStream.concat(
                        histogram.authentic().stream().mapToInt(Integer::intValue),
                        histogram.fake().stream().mapToInt(Integer::intValue))
                .max()
                .orElse(1);
        String bars = bars("real", histogram.authentic(), 0, most) + bars("fake", histogram.fake(), 0.5, most);
        String limit = line("limit", threshold, 0, threshold, 1);
        return frame("p_fake (dashed: threshold)", "Faces, as a share of " + (int) most, bars + limit);
    }

    private static String bars(String cssClass, List<Integer> counts, double shift, double most) {
        double width = 1.0 / counts.size();
        return IntStream.range(0, counts.size())
                .filter(i -> counts.get(i) > 0)
                .mapToObj(i -> {
                    double height = counts.get(i) / most;
                    return format(
                            "<rect class='%s' x='%.1f' y='%.1f' width='%.1f' height='%.1f'><title>%d %s, p_fake %s to %s"
                                    + "</title></rect>",
                            cssClass,
                            x((i + shift) * width),
                            y(height),
                            SIDE * width / 2 - 0.5,
                            SIDE * height,
                            counts.get(i),
                            cssClass,
                            percent(i * width),
                            percent((i + 1) * width));
                })
                .collect(Collectors.joining());
    }

    /** Axes from 0 to 1 with what is drawn between them. */
    private static String frame(String xTitle, String yTitle, String content) {
        String ticks = IntStream.rangeClosed(0, 4)
                .mapToDouble(i -> i / 4.0)
                .mapToObj(v -> line("grid", v, 0, v, 1)
                        + line("grid", 0, v, 1, v)
                        + format("<text x='%.1f' y='%d' text-anchor='middle'>%.2f</text>", x(v), TOP + SIDE + 16, v)
                        + format("<text x='%d' y='%.1f' text-anchor='end'>%.2f</text>", LEFT - 6, y(v) + 4, v))
                .collect(Collectors.joining());
        return format(
                        "<svg viewBox='0 0 %d %d' role='img' aria-label='%s'>",
                        LEFT + SIDE + 14, TOP + SIDE + 42, yTitle + " by " + xTitle)
                + ticks
                + content
                + format(
                        "<text class='axis' x='%d' y='%d' text-anchor='middle'>%s</text>",
                        LEFT + SIDE / 2, TOP + SIDE + 36, xTitle)
                + format(
                        "<text class='axis' transform='translate(11 %d) rotate(-90)' text-anchor='middle'>%s</text></svg>",
                        TOP + SIDE / 2, yTitle);
    }

    private static String line(String cssClass, double x1, double y1, double x2, double y2) {
        return format(
                "<line class='%s' x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f'/>", cssClass, x(x1), y(y1), x(x2), y(y2));
    }

    private static String dot(String cssClass, double x, double y, double radius, String title) {
        return format(
                "<circle class='%s' cx='%.1f' cy='%.1f' r='%.1f'><title>%s</title></circle>",
                cssClass, x(x), y(y), radius, title);
    }

    private static String point(double x, double y) {
        return format("%.1f,%.1f", x(x), y(y));
    }

    private static double x(double value) {
        return LEFT + value * SIDE;
    }

    private static double y(double value) {
        return TOP + (1 - value) * SIDE;
    }

    static String percent(double share) {
        return format("%.1f %%", 100 * share);
    }

    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
