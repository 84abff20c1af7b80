package io.unmask.model.calibrate;

import io.unmask.model.evaluate.LabelledClip;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.spec.OutOfDistribution;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Sets the limit beyond which a face counts as out of distribution, by the faces of a calibration set, which are not.
 *
 * @param rate share of these that may lie beyond it
 * @param setDigest SHA-256 of the set
 */
public record DistanceLimit(double rate, String setDigest) {

    /**
     * The lowest limit beyond which no more than {@code rate} of the faces lie. As in {@link TemperatureScaling} the classes, the
     * tools or origins in each and their faces weigh alike.
     *
     * @return empty when the clips have no distances
     */
    public Optional<OutOfDistribution> of(List<Sample> clips) {
        var measured =
                clips.stream().filter(clip -> clip.distance().isPresent()).toList();
        return measured.isEmpty()
                ? Optional.empty()
                : Optional.of(limit(distances(measured, Sample::distance), Weights.of(measured)));
    }

    /** The same for clips of a model with labels of its own, of which each weighs alike. */
    public Optional<OutOfDistribution> ofLabelled(List<LabelledClip> clips) {
        var measured =
                clips.stream().filter(clip -> clip.distance().isPresent()).toList();
        return measured.isEmpty()
                ? Optional.empty()
                : Optional.of(limit(distances(measured, LabelledClip::distance), Weights.ofLabelled(measured)));
    }

    private OutOfDistribution limit(double[] distances, double[] weights) {
        int[] farthestFirst = IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -distances[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double spent = 0;
        int i = 0;
        // In floating point, 20 times 0.05 is a little over 1.
        while (i < farthestFirst.length - 1 && spent + weights[farthestFirst[i]] <= rate + 1e-9) {
            spent += weights[farthestFirst[i++]];
        }
        double limit = distances[farthestFirst[i]];
        double beyond = IntStream.range(0, weights.length)
                .filter(clip -> distances[clip] > limit)
                .mapToDouble(clip -> weights[clip])
                .sum();
        return new OutOfDistribution(limit, beyond, setDigest);
    }

    private static <T> double[] distances(List<T> clips, Function<T, Optional<Double>> distance) {
        return clips.stream()
                .mapToDouble(clip -> distance.apply(clip).orElseThrow())
                .toArray();
    }
}
