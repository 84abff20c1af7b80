package io.unmask.model.evaluate;

import io.unmask.model.spec.Calibration;
import java.util.List;
import java.util.Optional;

/**
 * One data set in one condition: what is measured together, since a mean over data sets means nothing.
 *
 * @param set name of the data set
 * @param unjudged files without a score: they are in no measure
 * @param manipulations each with the fakes of one kind and every authentic face
 * @param byTool tool by tool and origin by origin; absent when a class is missing
 * @param roc absent when a class is missing
 * @param risk against coverage, for each way to decide; empty when a class is missing
 */
public record Section(
        String set,
        String condition,
        Slice all,
        int unjudged,
        List<Slice> manipulations,
        Optional<ToolTable> byTool,
        Confusion confusion,
        Optional<Roc> roc,
        List<RiskCoverage> risk,
        Reliability reliability,
        Histogram histogram) {
    private static final int HISTOGRAM_BINS = 20;

    public Section {
        manipulations = List.copyOf(manipulations);
        risk = List.copyOf(risk);
    }

    /**
     * What the measures of a section depend on beside its samples.
     *
     * @param threshold on {@code pFake}
     * @param limit on the distance; absent when the model does not tell it
     */
    record Measure(double threshold, Optional<Double> limit, Bootstrap bootstrap) {}

    /** @param samples of the data set in the condition, calibrated */
    static Section of(String set, String condition, List<Sample> samples, int unjudged, Measure measure) {
        double threshold = measure.threshold();
        var bootstrap = measure.bootstrap();
        var scores = Scores.of(samples);
        var part = new ToolTable.Part(samples, Calibration.logitOf(threshold));
        boolean both = scores.fakes() > 0 && scores.authentic() > 0;
        return new Section(
                set,
                condition,
                Slice.of(condition, samples, threshold, bootstrap),
                unjudged,
                byManipulation(samples, threshold, bootstrap),
                both ? Optional.of(byTool(part, bootstrap)) : Optional.empty(),
                Confusion.of(scores, threshold),
                both ? Optional.of(Roc.of(scores)) : Optional.empty(),
                both ? RiskCoverage.of(List.of(part), measure.limit()) : List.of(),
                Reliability.of(scores, Metrics.BINS),
                Histogram.of(scores, HISTOGRAM_BINS));
    }

    private static ToolTable byTool(ToolTable.Part part, Bootstrap bootstrap) {
        return ToolTable.of(List.of(part), ToolFamilies.known(), bootstrap.replicates(), bootstrap.seed());
    }

    private static List<Slice> byManipulation(List<Sample> samples, double threshold, Bootstrap bootstrap) {
        return samples.stream()
                .filter(Sample::fake)
                .map(Sample::manipulation)
                .distinct()
                .sorted()
                .map(name -> Slice.of(
                        name,
                        samples.stream()
                                .filter(s -> !s.fake() || s.manipulation().equals(name))
                                .toList(),
                        threshold,
                        bootstrap))
                .toList();
    }
}
