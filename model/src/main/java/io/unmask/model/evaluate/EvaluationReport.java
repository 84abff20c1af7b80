package io.unmask.model.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelCard;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a model is worth on a test set: each measure with its interval, for each condition, manipulation and group.
 *
 * @param threshold in force for decisions
 * @param all every clip in every condition; the charts are of these
 * @param manipulations each with the fakes of one kind and every authentic clip
 */
public record EvaluationReport(
        ModelCard model,
        double threshold,
        LocalDate date,
        Bootstrap bootstrap,
        Slice all,
        List<Slice> conditions,
        List<Slice> manipulations,
        List<Slice> groups,
        Confusion confusion,
        Roc roc,
        Reliability reliability,
        Histogram histogram) {
    private static final int HISTOGRAM_BINS = 20;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    public EvaluationReport {
        conditions = List.copyOf(conditions);
        manipulations = List.copyOf(manipulations);
        groups = List.copyOf(groups);
    }

    /**
     * Evaluates a calibrated model at its own threshold.
     *
     * @param raw clips with raw logits
     * @throws IllegalArgumentException if the model is not calibrated or a class is missing
     */
    public static EvaluationReport of(ModelCard model, List<Sample> raw, Bootstrap bootstrap, LocalDate date) {
        Calibration calibration = model.calibration()
                .orElseThrow(() -> new IllegalArgumentException(
                        "model " + model.name() + " is not calibrated: its scores are no probabilities yet"));
        var samples = raw.stream().map(s -> s.calibrated(calibration)).toList();
        var scores = Scores.of(samples);
        if (scores.fakes() == 0 || scores.authentic() == 0) {
            throw new IllegalArgumentException("evaluation needs both classes, not " + scores.authentic()
                    + " authentic and " + scores.fakes() + " fake clips");
        }
        var slicer = new Slicer(samples, calibration.threshold(), bootstrap);
        return new EvaluationReport(
                model,
                calibration.threshold(),
                date,
                bootstrap,
                slicer.all(),
                slicer.by(Sample::condition),
                slicer.byManipulation(),
                slicer.by(Sample::group),
                Confusion.of(scores, calibration.threshold()),
                Roc.of(scores),
                Reliability.of(scores, Metrics.BINS),
                Histogram.of(scores, HISTOGRAM_BINS));
    }

    private record Slicer(List<Sample> samples, double threshold, Bootstrap bootstrap) {
        Slice all() {
            return Slice.of("all", samples, threshold, bootstrap);
        }

        /** In the order in which the samples name them. */
        List<Slice> by(Function<Sample, String> key) {
            return samples.stream()
                    .map(key)
                    .distinct()
                    .map(name -> slice(name, s -> key.apply(s).equals(name)))
                    .toList();
        }

        List<Slice> byManipulation() {
            return samples.stream()
                    .filter(Sample::fake)
                    .map(Sample::manipulation)
                    .distinct()
                    .map(name -> slice(name, s -> !s.fake() || s.manipulation().equals(name)))
                    .toList();
        }

        private Slice slice(String name, Predicate<Sample> in) {
            return Slice.of(name, samples.stream().filter(in).toList(), threshold, bootstrap);
        }
    }

    /** The kind of forgery that passes most often: ISO/IEC 30107-3 reports it rather than the mean. */
    public Slice worstManipulation() {
        return manipulations.stream()
                .max(Comparator.comparingDouble(
                        s -> s.metric("apcer").map(Slice.Estimate::value).orElse(0.0)))
                .orElseThrow();
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
        return new ReportPage(this).render();
    }
}
