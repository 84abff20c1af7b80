package io.unmask.detector.cli;

import io.unmask.model.evaluate.EvaluationReport;
import io.unmask.model.evaluate.LabelReport;
import io.unmask.model.evaluate.RiskCoverageText;
import io.unmask.model.evaluate.Section;
import io.unmask.model.evaluate.Slice;
import io.unmask.model.evaluate.Slice.Estimate;
import io.unmask.model.evaluate.ToolTableText;
import io.unmask.model.evaluate.Trial;
import io.unmask.model.spec.Calibration.Interval;
import io.unmask.model.spec.ModelCard;
import java.util.ArrayList;
import java.util.Collection;
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
        lines.addAll(aligned(rows, 2));
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
        lines.add(model(report.model(), report.threshold()));
        return lines;
    }

    /** Of a model with labels of its own: what the faces of each label were called. */
    static List<String> lines(LabelReport report) {
        var lines = new ArrayList<String>();
        report.trial().sets().forEach(set -> lines.add(about(set)));
        for (LabelReport.Section section : report.sections()) {
            var rows = new ArrayList<List<String>>();
            rows.add(row(
                    "label",
                    "faces",
                    "recall",
                    section.labels().get(0).outcomes().keySet()));
            section.labels()
                    .forEach(label -> rows.add(row(
                            label.label(),
                            String.valueOf(label.faces()),
                            label.recall().map(EvaluationTable::decimal).orElse("-"),
                            label.outcomes().values())));
            lines.add("");
            lines.add(String.format(
                    Locale.ROOT,
                    "%s, %s: %d faces, accuracy %.3f, balanced accuracy %.3f; what they were called:",
                    section.set(),
                    section.condition(),
                    section.faces(),
                    section.accuracy(),
                    section.balancedAccuracy()));
            lines.addAll(aligned(rows, 1));
        }
        lines.add(model(report.model(), report.threshold()));
        return lines;
    }

    private static List<String> row(String label, String faces, String recall, Collection<?> outcomes) {
        var row = new ArrayList<>(List.of(label, faces, recall));
        outcomes.forEach(outcome -> row.add(outcome.toString()));
        return row;
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String model(ModelCard model, double threshold) {
        return "model %s %s (%s), threshold %s"
                .formatted(model.name(), model.version(), model.digest().substring(0, 12), decimal(threshold));
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
        return slice.metric(metric).map(estimate -> decimal(estimate.value())).orElse("-");
    }

    private static String interval(Interval interval) {
        return String.format(Locale.ROOT, "(%.3f-%.3f)", interval.low(), interval.high());
    }

    /** Names, which are in the first columns, to the left, figures to the right. */
    private static List<String> aligned(List<List<String>> rows, int names) {
        var lines = new ArrayList<String>();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .flatMap(other -> Stream.of(other.get(at).length()))
                        .max(Integer::compare)
                        .orElseThrow();
                line.append(("%" + (column < names ? "-" : "") + width + "s").formatted(row.get(column)))
                        .append("  ");
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
