package io.unmask.model.evaluate;

import io.unmask.model.page.Plot;
import java.util.List;
import java.util.stream.IntStream;

/** The charts of the report. */
final class Plots {
    /** Points nearer than this to the last drawn one are left out: under half a pixel. */
    private static final double RESOLUTION = 0.0015;

    private Plots() {}

    static Plot roc(Roc roc, Confusion confusion) {
        var plot = new Plot("False alarms (BPCER)", "Fakes found (1 − APCER)").line("chance", 0, 0, 1, 1);
        var path = plot.path().moveTo(0, 0);
        Roc.Point last = roc.points().get(0);
        for (Roc.Point p : roc.points()) {
            if (p.fpr() - last.fpr() + p.tpr() - last.tpr() > RESOLUTION) {
                path.lineTo(p.fpr(), p.tpr());
                last = p;
            }
        }
        return plot.curve("curve", path.lineTo(1, 1))
                .dot("mark", confusion.bpcer(), 1 - confusion.apcer(), 5, "threshold in force");
    }

    /** The first by a solid line, the others by dashed ones. */
    static Plot riskCoverage(List<RiskCoverage> risks) {
        var plot = new Plot("Share of faces judged", "Error");
        for (var risk : risks) {
            var path = plot.path();
            for (var p : risk.points()) {
                if (p.equals(risk.points().get(0))) {
                    path.moveTo(p.coverage(), p.error());
                }
                path.lineTo(p.coverage(), p.error());
                plot.dot(
                        "mark",
                        p.coverage(),
                        p.error(),
                        2,
                        "%s: %s judged, error %s, missed %s, false alarms %s"
                                .formatted(
                                        risk.decision(),
                                        ShownMeasures.percent(p.coverage()),
                                        ShownMeasures.percent(p.error()),
                                        ShownMeasures.percent(p.missed()),
                                        ShownMeasures.percent(p.falseAlarms())));
            }
            plot.curve(risk.equals(risks.get(0)) ? "curve" : "curve other", path);
        }
        return plot;
    }

    static Plot reliability(Reliability reliability) {
        int most = reliability.bins().stream()
                .mapToInt(Reliability.Bin::count)
                .max()
                .orElse(1);
        var plot = new Plot("Said: mean p_fake", "True: share of fakes").line("chance", 0, 0, 1, 1);
        for (var bin : reliability.bins()) {
            plot.line("gap", bin.meanPFake(), bin.meanPFake(), bin.meanPFake(), bin.fakeShare())
                    .dot(
                            "bin",
                            bin.meanPFake(),
                            bin.fakeShare(),
                            3 + 6 * Math.sqrt((double) bin.count() / most),
                            bin.count() + " faces: said " + ShownMeasures.percent(bin.meanPFake()) + ", true "
                                    + ShownMeasures.percent(bin.fakeShare()));
        }
        return plot;
    }

    static Plot histogram(Histogram histogram, double threshold) {
        int most = IntStream.concat(
                        histogram.authentic().stream().mapToInt(Integer::intValue),
                        histogram.fake().stream().mapToInt(Integer::intValue))
                .max()
                .orElse(1);
        var plot = new Plot("p_fake (dashed: threshold)", "Faces, as a share of " + most);
        bars(plot, "clear", "authentic", histogram.authentic(), 0, most);
        bars(plot, "fake", "fake", histogram.fake(), 0.5, most);
        return plot.line("threshold", threshold, 0, threshold, 1);
    }

    /** @param shift of a bar from the left of its bin, as a share of the bin */
    private static void bars(Plot plot, String style, String label, List<Integer> counts, double shift, double most) {
        double width = 1.0 / counts.size();
        for (int i = 0; i < counts.size(); i++) {
            if (counts.get(i) > 0) {
                plot.bar(
                        style,
                        (i + shift) * width,
                        width / 2,
                        counts.get(i) / most,
                        "%d %s, p_fake %s to %s"
                                .formatted(
                                        counts.get(i),
                                        label,
                                        ShownMeasures.percent(i * width),
                                        ShownMeasures.percent((i + 1) * width)));
            }
        }
    }
}
