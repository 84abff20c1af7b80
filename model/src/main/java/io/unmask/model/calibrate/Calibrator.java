package io.unmask.model.calibrate;

import io.unmask.model.evaluate.Metrics;
import io.unmask.model.evaluate.Reliability;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Scores;
import io.unmask.model.spec.Calibration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Fits a {@link Calibration} to a set that the model was not trained on.
 *
 * @param requestedFpr false-alarm rate that the threshold is set for
 * @param setDigest SHA-256 of the set's manifest
 * @param date day of the fit
 */
public record Calibrator(double requestedFpr, String setDigest, LocalDate date) {

    /**
     * Fits raw logits.
     *
     * @param samples clips in every encoding that the service should be ready for
     * @throws IllegalArgumentException if they do not suffice; the message is one line and says why
     */
    public Calibration fit(List<Sample> samples) {
        var fit = TemperatureScaling.fit(samples, true);
        List<Sample> calibrated = samples.stream()
                .map(s -> s.with(s.logit() / fit.temperature() + fit.bias()))
                .toList();
        var threshold = ThresholdForFpr.of(
                calibrated.stream()
                        .filter(s -> !s.fake())
                        .collect(Collectors.groupingBy(
                                Sample::origin,
                                Collectors.collectingAndThen(Collectors.toList(), Calibrator::clipsOfOrigin)))
                        .values(),
                requestedFpr);
        var scores = Scores.of(calibrated);
        return new Calibration(
                "temperature+bias",
                fit.temperature(),
                fit.bias(),
                threshold.threshold(),
                threshold.achievedFpr(),
                spread(calibrated),
                Reliability.of(scores, Metrics.BINS).ece(),
                Metrics.brier(scores),
                setDigest,
                date);
    }

    private static ThresholdForFpr.Origin clipsOfOrigin(List<Sample> samples) {
        double[] pFake = samples.stream()
                .mapToDouble(s -> Calibration.probability(s.logit()))
                .toArray();
        return new ThresholdForFpr.Origin(
                pFake, (int) samples.stream().map(Sample::face).distinct().count());
    }

    private static double spread(List<Sample> samples) {
        return PooledDeviation.of(samples.stream()
                .collect(Collectors.groupingBy(
                        Sample::face,
                        Collectors.mapping(
                                Sample::logit, Collectors.collectingAndThen(Collectors.toList(), list -> list.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .toArray()))))
                .values());
    }
}
