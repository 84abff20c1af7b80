package io.unmask.model.federate;

import java.util.Random;

/**
 * Noise that hides whether a site took part. Each site adds its part, so that the coordinator never sees a sum without
 * noise; the parts of a quorum together are as strong as asked for.
 *
 * @param multiplier standard deviation of the whole noise over the largest norm of one site's weighted update
 * @param clipNorm that largest norm
 * @param quorum the fewest sites of whose updates a sum is made
 */
public record GaussianNoise(double multiplier, double clipNorm, int quorum) {

    /** Standard deviation of one site's part. */
    public double siteDeviation() {
        return multiplier * clipNorm / Math.sqrt(quorum);
    }

    /** A copy with one site's part of the noise. */
    public float[] add(float[] update, Random random) {
        var noisy = new float[update.length];
        double deviation = siteDeviation();
        for (int i = 0; i < update.length; i++) {
            noisy[i] = (float) (update[i] + deviation * random.nextGaussian());
        }
        return noisy;
    }
}
