package io.unmask.model.calibrate;

import io.unmask.model.evaluate.LabelledClip;
import io.unmask.model.evaluate.Metrics;
import io.unmask.model.evaluate.Reliability;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Scores;
import io.unmask.model.spec.Calibration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Fits a {@link Calibration} to clips of a model with labels of its own, which it was not trained on: one temperature for all
 * labels (Guo et al., ICML 2017).
 *
 * @param labels K names
 * @param setDigest SHA-256 of the set's manifest
 * @param date day of the fit
 */
public record LabelCalibrator(List<String> labels, String setDigest, LocalDate date) {
    /** A label is chosen when it is more probable than all others together. */
    public static final double THRESHOLD = 0.5;

    /**
     * Fits raw logits.
     *
     * @param clips in every encoding that the service should be ready for
     * @throws IllegalArgumentException if they do not suffice; the message is one line and says why
     */
    public Calibration fit(List<LabelledClip> clips) {
        double temperature = LabelTemperature.fit(labels, clips);
        List<LabelledClip> calibrated = clips.stream()
                .map(clip -> clip.with(Arrays.stream(clip.logits())
                        .map(logit -> logit / temperature)
                        .toArray()))
                .toList();
        return new Calibration(
                "temperature",
                temperature,
                0,
                THRESHOLD,
                wrongChoices(calibrated),
                spread(calibrated),
                Reliability.of(
                                Scores.of(calibrated.stream()
                                        .map(LabelCalibrator::certainty)
                                        .toList()),
                                Metrics.BINS)
                        .ece(),
                calibrated.stream()
                        .mapToDouble(LabelCalibrator::brier)
                        .average()
                        .orElseThrow(),
                setDigest,
                date);
    }

    private static double wrongChoices(List<LabelledClip> clips) {
        return clips.stream()
                .mapToInt(clip -> {
                    int most = clip.mostProbable();
                    double p = Calibration.probabilities(clip.logits())[most];
                    return p >= THRESHOLD && most != clip.label() ? 1 : 0;
                })
                .average()
                .orElseThrow();
    }

    /** How far the logit of what a face's clips are, taken together, wanders between them. */
    private static double spread(List<LabelledClip> clips) {
        return PooledDeviation.of(clips.stream().collect(Collectors.groupingBy(LabelledClip::face)).values().stream()
                .map(face -> {
                    int most = LabelledClip.mean(face).mostProbable();
                    return face.stream()
                            .mapToDouble(clip -> Calibration.logitOf(most, clip.logits()))
                            .toArray();
                })
                .toList());
    }

    /** The most probable label's logit, with whether that label is right in the place of whether the face is fake. */
    private static Sample certainty(LabelledClip clip) {
        int most = clip.mostProbable();
        return new Sample(
                clip.face(),
                clip.face(),
                "",
                clip.condition(),
                most == clip.label() ? "right" : Sample.AUTHENTIC,
                "",
                Calibration.logitOf(most, clip.logits()));
    }

    private static double brier(LabelledClip clip) {
        double[] p = Calibration.probabilities(clip.logits());
        return IntStream.range(0, p.length)
                .mapToDouble(label -> Math.pow(p[label] - (label == clip.label() ? 1 : 0), 2))
                .sum();
    }
}
