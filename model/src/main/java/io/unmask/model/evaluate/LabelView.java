package io.unmask.model.evaluate;

import io.unmask.model.page.PageTemplate;
import java.util.Collection;
import java.util.List;

/** The report as {@code labels.mustache} reads it. */
record LabelView(LabelReport report) implements EvaluationPage {
    private static final PageTemplate PAGE = PageTemplate.of(LabelView.class, "labels.mustache");

    String page() {
        return PAGE.text(this);
    }

    List<Trial.DataSet> sets() {
        return report.trial().sets();
    }

    List<SectionOfLabels> sections() {
        return report.sections().stream().map(SectionOfLabels::new).toList();
    }

    /** A data set in a condition. */
    record SectionOfLabels(LabelReport.Section section) {
        String set() {
            return section.set();
        }

        String condition() {
            return SectionView.words(section.condition());
        }

        String accuracy() {
            return ShownMeasures.percent(section.accuracy());
        }

        String balancedAccuracy() {
            return ShownMeasures.percent(section.balancedAccuracy());
        }

        int faces() {
            return section.faces();
        }

        int unjudged() {
            return section.unjudged();
        }

        Collection<String> outcomes() {
            return section.labels().get(0).outcomes().keySet();
        }

        List<RowOfLabel> labels() {
            return section.labels().stream().map(RowOfLabel::new).toList();
        }
    }

    /** What the faces of a label were called. */
    record RowOfLabel(LabelReport.OfLabel row) {
        String label() {
            return row.label();
        }

        long faces() {
            return row.faces();
        }

        String recall() {
            return row.recall().map(ShownMeasures::percent).orElse(ShownMeasures.Figure.UNDEFINED.value());
        }

        List<Cell> cells() {
            return row.outcomes().entrySet().stream()
                    .map(outcome -> new Cell(outcome.getKey().equals(row.label()) ? "right" : "", outcome.getValue()))
                    .toList();
        }
    }

    /** @param look class of the style sheet */
    record Cell(String look, long count) {}
}
