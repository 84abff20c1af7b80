package io.unmask.model.evaluate;

import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.OutOfDistribution;
import java.time.LocalDate;
import java.util.List;

/**
 * What a model is worth on test sets: each measure with its interval, for each data set in each condition, and for each
 * manipulation in it.
 *
 * @param threshold in force for decisions
 * @param sections by data set, then by condition, as the samples name them
 */
public record EvaluationReport(
        ModelCard model,
        double threshold,
        LocalDate date,
        Bootstrap bootstrap,
        Trial<Sample> trial,
        List<Section> sections)
        implements EvaluationPage.Report {
    public EvaluationReport {
        sections = List.copyOf(sections);
    }

    /** @throws IllegalArgumentException if there is no sample */
    public static EvaluationReport of(
            ModelCard model, double threshold, LocalDate date, Bootstrap bootstrap, Trial<Sample> trial) {
        if (trial.samples().isEmpty()) {
            throw new IllegalArgumentException("there is nothing to measure: no face was judged");
        }
        var measure =
                new Section.Measure(threshold, model.outOfDistribution().map(OutOfDistribution::limit), bootstrap);
        var sections = trial.parts().stream()
                .map(part -> Section.of(part.set(), part.condition(), part.samples(), part.unjudged(), measure))
                .toList();
        return new EvaluationReport(model, threshold, date, bootstrap, trial, sections);
    }

    /** Everything, in snake case. */
    public String json() {
        return ReportJson.of(this);
    }

    /** One page that needs no other file. */
    public String html() {
        return new EvaluationView(this).page();
    }
}
