package io.unmask.model.calibrate;

import io.unmask.model.evaluate.Sample;
import io.unmask.model.spec.OutOfDistribution;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
        if (measured.isEmpty()) {
            return Optional.empty();
        }
        double[] weights = Weights.of(measured);
        int[] farthestFirst = IntStream.range(0, weights.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -distance(measured.get(i))))
                .mapToInt(Integer::intValue)
                .toArray();
        double spent = 0;
        int i = 0;
        // In floating point, 20 times 0.05 is a little over 1.
        while (i < farthestFirst.length - 1 && spent + weights[farthestFirst[i]] <= rate + 1e-9) {
            spent += weights[farthestFirst[i++]];
        }
        double limit = distance(measured.get(farthestFirst[i]));
        double beyond = IntStream.range(0, weights.length)
                .filter(clip -> distance(measured.get(clip)) > limit)
                .mapToDouble(clip -> weights[clip])
                .sum();
        return Optional.of(new OutOfDistribution(limit, beyond, setDigest));
    }

    private static double distance(Sample clip) {
        return clip.distance().orElseThrow();
    }
}
