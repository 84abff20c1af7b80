package io.unmask.model.calibrate;

import java.util.Arrays;
import java.util.Collection;

/** How far a face's logit wanders between moments and encodings of one video. */
public final class PooledDeviation {
    private PooledDeviation() {}

    /**
     * Standard deviation within videos, pooled over them by their degrees of freedom.
     *
     * @param logits calibrated ones, by video
     * @throws IllegalArgumentException if no video has two
     */
    public static double of(Collection<double[]> logits) {
        double squares = 0;
        int freedom = 0;
        for (double[] video : logits) {
            double mean = Arrays.stream(video).average().orElse(0);
            squares += Arrays.stream(video).map(x -> (x - mean) * (x - mean)).sum();
            freedom += Math.max(0, video.length - 1);
        }
        if (freedom == 0) {
            throw new IllegalArgumentException(
                    "the spread within a video cannot be measured: none of " + logits.size() + " videos has two clips");
        }
        return Math.sqrt(squares / freedom);
    }
}
