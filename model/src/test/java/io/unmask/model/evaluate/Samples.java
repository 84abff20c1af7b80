package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Scored clips for tests. */
public final class Samples {
    private Samples() {}

    /** One clip a person. */
    public static List<Sample> of(double[] authentic, double[] fake) {
        var samples = new ArrayList<Sample>();
        for (double logit : authentic) {
            samples.add(sample(samples.size(), "", logit));
        }
        for (double logit : fake) {
            samples.add(sample(samples.size(), "swap", logit));
        }
        return samples;
    }

    /** Both classes normal with deviation 1, {@code distance} apart, so that the true logit is known. */
    public static List<Sample> normal(int each, double distance, long seed) {
        var random = new Random(seed);
        return of(
                random.doubles(each)
                        .map(u -> random.nextGaussian() - distance / 2)
                        .toArray(),
                random.doubles(each)
                        .map(u -> random.nextGaussian() + distance / 2)
                        .toArray());
    }

    private static Sample sample(int person, String manipulation, double logit) {
        return new Sample("v" + person, "p" + person, "set", "clean", manipulation, "", logit);
    }
}
