package io.unmask.model.calibrate;

import java.util.Arrays;
import java.util.Collection;

/**
 * The lowest threshold that keeps false alarms at or under a requested rate on authentic clips, whatever their origin: the
 * mean over the origins is at most the requested rate, and no origin with enough videos has more than twice that. Of equal
 * scores all are above a threshold or none, so the achieved rate may be lower than the requested one, never higher.
 *
 * @param threshold {@code pFake} from which a face is called fake
 * @param achievedFpr mean over the origins of the share of clips at or above it
 */
public record ThresholdForFpr(double threshold, double achievedFpr) {
    /** An origin with fewer videos counts in the mean alone: its own rate says little. */
    static final int ENOUGH = 10;

    private static final double WORST = 2;

    /**
     * Authentic clips of one origin.
     *
     * @param pFake their calibrated scores
     * @param videos that they are of
     */
    public record Origin(double[] pFake, int videos) {
        private double share(double threshold) {
            return (double) Arrays.stream(pFake).filter(p -> p >= threshold).count() / pFake.length;
        }
    }

    /**
     * @param origins each with a clip at least
     * @param requestedFpr from 0 up to, not including, 1
     * @throws IllegalArgumentException if there are no scores, or no threshold up to 1 is high enough
     */
    public static ThresholdForFpr of(Collection<Origin> origins, double requestedFpr) {
        double[] all = origins.stream()
                .flatMapToDouble(origin -> Arrays.stream(origin.pFake()))
                .sorted()
                .toArray();
        if (all.length == 0 || !(requestedFpr >= 0 && requestedFpr < 1)) {
            throw new IllegalArgumentException("a false-alarm rate of " + requestedFpr + " on " + all.length
                    + " authentic clips: needs clips, and a rate from 0 to below 1");
        }
        int low = 0; // index of the lowest score that may be the highest one below the threshold
        int high = all.length - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (holds(origins, Math.nextUp(all[middle]), requestedFpr)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        double threshold = Math.nextUp(all[low]);
        if (threshold > 1) {
            throw new IllegalArgumentException("a false-alarm rate of " + requestedFpr
                    + " cannot be reached: too many authentic clips have p_fake = 1");
        }
        return new ThresholdForFpr(threshold, mean(origins, threshold));
    }

    private static boolean holds(Collection<Origin> origins, double threshold, double rate) {
        // In floating point, 0.29 * 100 is a little under 29.
        return mean(origins, threshold) <= rate + 1e-9
                && origins.stream()
                        .filter(origin -> origin.videos() >= ENOUGH)
                        .allMatch(origin -> origin.share(threshold) <= WORST * rate + 1e-9);
    }

    private static double mean(Collection<Origin> origins, double threshold) {
        return origins.stream()
                .mapToDouble(origin -> origin.share(threshold))
                .average()
                .orElseThrow();
    }
}
