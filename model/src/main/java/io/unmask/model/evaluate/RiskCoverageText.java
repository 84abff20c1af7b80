package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Risk against coverage as Markdown, which reads well in a terminal too. */
public final class RiskCoverageText {
    private static final List<Double> COVERAGES = List.of(1.0, 0.9, 0.8, 0.7, 0.5, 0.3);

    private RiskCoverageText() {}

    /** A row for each share of faces that are judged, the most certain first. */
    public static List<String> table(List<RiskCoverage> risks) {
        var lines = new ArrayList<String>();
        lines.add(risks.stream()
                .map(risk -> " error at the %s (missed, false alarms) |".formatted(risk.decision()))
                .collect(Collectors.joining("", "| faces judged, the most certain first |", "")));
        lines.add("|---|" + "---|".repeat(risks.size()));
        for (double coverage : COVERAGES) {
            lines.add(risks.stream()
                    .map(risk -> risk.at(coverage).map(RiskCoverageText::cell).orElse(" one class only |"))
                    .collect(Collectors.joining("", String.format(Locale.ROOT, "| %.0f %% |", 100 * coverage), "")));
        }
        return lines;
    }

    private static String cell(RiskCoverage.Point point) {
        return String.format(
                Locale.ROOT,
                " %.1f %% (%.0f %%, %.0f %%) |",
                100 * point.error(),
                100 * point.missed(),
                100 * point.falseAlarms());
    }
}
