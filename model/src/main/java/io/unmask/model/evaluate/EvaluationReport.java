package io.unmask.model.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.OutOfDistribution;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a model is worth on test sets: each measure with its interval, for each data set in each condition, and for each
 * manipulation in it.
 *
 * @param threshold in force for decisions
 * @param sections by data set, then by condition, as the samples name them
 */
public record EvaluationReport(
        ModelCard model, double threshold, LocalDate date, Bootstrap bootstrap, Trial trial, List<Section> sections) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public EvaluationReport {
        sections = List.copyOf(sections);
    }

    /** @throws IllegalArgumentException if there is no sample */
    public static EvaluationReport of(
            ModelCard model, double threshold, LocalDate date, Bootstrap bootstrap, Trial trial) {
        if (trial.samples().isEmpty()) {
            throw new IllegalArgumentException("there is nothing to measure: no face was judged");
        }
        var measure =
                new Section.Measure(threshold, model.outOfDistribution().map(OutOfDistribution::limit), bootstrap);
        var sections = new ArrayList<Section>();
        for (String set : distinct(trial.samples(), Sample::group)) {
            var ofSet =
                    trial.samples().stream().filter(s -> s.group().equals(set)).toList();
            for (String condition : distinct(ofSet, Sample::condition)) {
                sections.add(Section.of(
                        set,
                        condition,
                        ofSet.stream()
                                .filter(s -> s.condition().equals(condition))
                                .toList(),
                        (int) trial.unjudged().stream()
                                .filter(file -> file.set().equals(set)
                                        && file.condition().equals(condition))
                                .count(),
                        measure));
            }
        }
        return new EvaluationReport(model, threshold, date, bootstrap, trial, sections);
    }

    private static List<String> distinct(List<Sample> samples, Function<Sample, String> key) {
        return samples.stream().map(key).distinct().toList();
    }

    /** Everything, in snake case. */
    public String json() {
        try {
            return JSON.writeValueAsString(this) + '\n';
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report of plain values cannot be written as JSON", e);
        }
    }

    /** One page that needs no other file. */
    public String html() {
        return new EvaluationView(this).page();
    }
}
