package io.unmask.detector.cli;

import io.unmask.model.evaluate.EvaluationReport;
import io.unmask.model.evaluate.RiskCoverageText;
import io.unmask.model.evaluate.Section;
import io.unmask.model.evaluate.Slice;
import io.unmask.model.evaluate.Slice.Estimate;
import io.unmask.model.evaluate.ToolTableText;
import io.unmask.model.evaluate.Trial;
import io.unmask.model.spec.Calibration.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** An evaluation in a terminal: a row for each data set in each condition. */
final class EvaluationTable {
    private static final List<String> HEAD = List.of(
            "data set",
            "condition",
            "real",
            "fake",
            "AUC",
            "(95 %)",
            "EER",
            "AP",
            "log-loss",
            "Brier",
            "ECE",
            "BPCER",
            "APCER");
    private static final List<String> PLAIN = List.of("eer", "ap", "log_loss", "brier", "ece", "bpcer", "apcer");

    private EvaluationTable() {}

    static List<String> lines(EvaluationReport report) {
        var rows = new ArrayList<List<String>>(List.of(HEAD));
        report.sections().forEach(section -> rows.add(row(section)));
        var lines = new ArrayList<String>();
        report.trial().sets().forEach(set -> lines.add(about(set)));
        lines.addAll(aligned(rows));
        report.sections().stream()
                .filter(section -> section.roc().isEmpty())
                .forEach(section -> lines.add("%s, %s: AUC, EER and AP are undefined, there is no %s"
                        .formatted(
                                section.set(),
                                section.condition(),
                                section.all().fake() == 0 ? "fake" : "authentic face")));
        report.sections().forEach(section -> section.byTool()
                .filter(table -> table.tools().size() + table.origins().size() > 2)
                .ifPresent(table -> {
                    lines.add("");
                    lines.add(section.set() + ", " + section.condition() + ", by tool and by origin:");
                    lines.addAll(ToolTableText.summary(table));
                }));
        report.sections().stream().filter(section -> !section.risk().isEmpty()).forEach(section -> {
            lines.add("");
            lines.add(section.set() + ", " + section.condition() + ", risk against coverage:");
            lines.addAll(RiskCoverageText.table(section.risk()));
        });
        lines.add(String.format(
                Locale.ROOT,
                "model %s %s (%s), threshold %.3f",
                report.model().name(),
                report.model().version(),
                report.model().digest().substring(0, 12),
                report.threshold()));
        return lines;
    }

    private static String about(Trial.DataSet set) {
        return "%s: %s split, %d of %d files of %s (manifest %s)"
                .formatted(
                        set.name(),
                        set.split(),
                        set.files(),
                        set.ofFiles(),
                        set.path(),
                        set.digest().substring(0, 12));
    }

    private static List<String> row(Section section) {
        Slice all = section.all();
        var row = new ArrayList<>(List.of(
                section.set(),
                section.condition(),
                Integer.toString(all.authentic()),
                Integer.toString(all.fake()),
                value(all, "auc"),
                all.metric("auc")
                        .flatMap(Estimate::interval)
                        .map(EvaluationTable::interval)
                        .orElse("")));
        PLAIN.forEach(metric -> row.add(value(all, metric)));
        return row;
    }

    private static String value(Slice slice, String metric) {
        return slice.metric(metric)
                .map(estimate -> String.format(Locale.ROOT, "%.3f", estimate.value()))
                .orElse("-");
    }

    private static String interval(Interval interval) {
        return String.format(Locale.ROOT, "(%.3f-%.3f)", interval.low(), interval.high());
    }

    /** Names to the left, figures to the right. */
    private static List<String> aligned(List<List<String>> rows) {
        var lines = new ArrayList<String>();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .flatMap(other -> Stream.of(other.get(at).length()))
                        .max(Integer::compare)
                        .orElseThrow();
                line.append(("%" + (column < 2 ? "-" : "") + width + "s").formatted(row.get(column)))
                        .append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
