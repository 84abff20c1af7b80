package io.unmask.model.evaluate;

import io.unmask.model.spec.ModelCard;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a model with labels of its own is worth on test sets: for each data set in each condition, how many faces of each
 * label were called what.
 *
 * @param threshold that the most probable label must reach
 * @param sections by data set, then by condition, as the samples name them
 */
public record LabelReport(
        ModelCard model, double threshold, LocalDate date, Trial<LabelSample> trial, List<Section> sections)
        implements EvaluationPage.Report {

    /**
     * A data set in a condition.
     *
     * @param unjudged files that got no score; in no measure
     * @param accuracy share of the faces whose most probable label is the true one, certain enough or not
     * @param balancedAccuracy mean of the recalls
     */
    public record Section(
            String set,
            String condition,
            int faces,
            int unjudged,
            double accuracy,
            double balancedAccuracy,
            List<OfLabel> labels) {}

    /**
     * The faces that have a label.
     *
     * @param recall share of them whose most probable label it is; empty when there is none
     * @param outcomes how many were called what; what was not certain enough is {@code inconclusive}
     */
    public record OfLabel(String label, long faces, Optional<Double> recall, Map<String, Long> outcomes) {}

    public LabelReport {
        sections = List.copyOf(sections);
    }

    public static LabelReport of(ModelCard model, double threshold, LocalDate date, Trial<LabelSample> trial) {
        List<String> labels = model.spec().labels();
        return new LabelReport(
                model,
                threshold,
                date,
                trial,
                trial.parts().stream().map(part -> section(labels, part)).toList());
    }

    private static Section section(List<String> labels, Trial.Part<LabelSample> part) {
        var table = new LabelTable(
                labels, part.samples().stream().map(LabelSample::face).toList());
        return new Section(
                part.set(),
                part.condition(),
                part.samples().size(),
                part.unjudged(),
                table.accuracy(),
                table.balancedAccuracy(),
                labels.stream().map(label -> ofLabel(table, label)).toList());
    }

    private static OfLabel ofLabel(LabelTable table, String label) {
        var outcomes = new LinkedHashMap<String, Long>();
        table.outcomes().forEach(outcome -> outcomes.put(outcome, table.count(label, outcome)));
        OptionalDouble recall = table.recall(label);
        return new OfLabel(
                label,
                outcomes.values().stream().mapToLong(Long::longValue).sum(),
                recall.isPresent() ? Optional.of(recall.getAsDouble()) : Optional.empty(),
                outcomes);
    }

    /** Everything, in snake case. */
    public String json() {
        return ReportJson.of(this);
    }

    /** One page that needs no other file. */
    public String html() {
        return new LabelView(this).page();
    }
}
