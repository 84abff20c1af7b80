package io.unmask.model.federate;

import java.util.List;

/**
 * FedAvg (McMahan et al., AISTATS 2017): the mean of the sites' updates, each weighted by its number of examples. The
 * number is capped, so that a site with a million examples does not silence one with ten thousand.
 */
public final class FederatedAverage {
    private FederatedAverage() {}

    /** Weight of a site in the mean, in (0,1]: its capped number of examples over the cap. */
    public static double weight(long examples, long cap) {
        if (examples < 1) {
            throw new IllegalArgumentException(examples + " examples: a site needs at least one");
        }
        return (double) Math.min(examples, cap) / cap;
    }

    /** A site's share of the sum. */
    public static float[] weighted(float[] update, double weight) {
        var weighted = new float[update.length];
        for (int i = 0; i < update.length; i++) {
            weighted[i] = (float) (update[i] * weight);
        }
        return weighted;
    }

    /** Sum of weighted updates, added up in the order of the list. */
    public static double[] sum(List<float[]> weighted) {
        var sum = new double[weighted.get(0).length];
        for (float[] one : weighted) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += one[i];
            }
        }
        return sum;
    }

    /** The mean update: the sum over the weights' sum. */
    public static float[] mean(double[] sum, double weights) {
        var mean = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
            mean[i] = (float) (sum[i] / weights);
        }
        return mean;
    }

    /** Values moved by an update. */
    public static float[] apply(float[] values, float[] update) {
        var moved = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            moved[i] = values[i] + update[i];
        }
        return moved;
    }

    /** The update that leads from one to the other. */
    public static float[] difference(float[] from, float[] to) {
        var update = new float[from.length];
        for (int i = 0; i < from.length; i++) {
            update[i] = to[i] - from[i];
        }
        return update;
    }
}
