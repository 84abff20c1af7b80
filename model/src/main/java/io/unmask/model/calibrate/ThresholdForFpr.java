package io.unmask.model.calibrate;

import java.util.Arrays;

/**
 * The lowest threshold that keeps false alarms at or under a requested rate on a set of authentic clips. Of equal
 * scores all are above it or none, so the achieved rate may be lower than the requested one, never higher.
 *
 * @param threshold {@code pFake} from which a face is called fake
 * @param achievedFpr share of the authentic clips at or above it
 */
public record ThresholdForFpr(double threshold, double achievedFpr) {

    /**
     * @param authenticPFake calibrated scores of authentic clips
     * @param requestedFpr from 0 up to, not including, 1
     * @throws IllegalArgumentException if there are no scores, or no threshold up to 1 is high enough
     */
    public static ThresholdForFpr of(double[] authenticPFake, double requestedFpr) {
        if (authenticPFake.length == 0 || !(requestedFpr >= 0 && requestedFpr < 1)) {
            throw new IllegalArgumentException("a false-alarm rate of " + requestedFpr + " on " + authenticPFake.length
                    + " authentic clips: needs clips, and a rate from 0 to below 1");
        }
        double[] sorted = authenticPFake.clone();
        Arrays.sort(sorted);
        // 0.29 * 100 is a little under 29.
        int allowed = Math.min(sorted.length - 1, (int) (requestedFpr * sorted.length + 1e-9));
        double highestBelow = sorted[sorted.length - 1 - allowed];
        double threshold = Math.nextUp(highestBelow);
        if (threshold > 1) {
            throw new IllegalArgumentException("a false-alarm rate of " + requestedFpr
                    + " cannot be reached: too many authentic clips have p_fake = 1");
        }
        double above = Arrays.stream(sorted).filter(p -> p >= threshold).count();
        return new ThresholdForFpr(threshold, above / sorted.length);
    }
}
