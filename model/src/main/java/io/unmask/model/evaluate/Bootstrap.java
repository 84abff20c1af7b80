package io.unmask.model.evaluate;

import io.unmask.model.spec.Calibration.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Percentile intervals (Efron, 1979) by drawing persons with replacement. Persons with fakes only, authentic clips only
 * and both are drawn apart, so that each draw has both classes where the samples do.
 *
 * @param replicates draws; 1000 settle a 95 % interval to about two digits
 * @param confidence share of the draws within the interval, as in 0.95
 */
public record Bootstrap(int replicates, double confidence, long seed) {
    private static final String AUTHENTIC = "authentic";
    private static final String FAKE = "fake";
    private static final String BOTH = "both";

    public Bootstrap {
        if (replicates < 1 || !(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("bootstrap of " + replicates + " replicates at confidence " + confidence
                    + ": needs at least one, and a confidence between 0 and 1");
        }
    }

    /**
     * Intervals of several statistics over the same draws.
     *
     * @param statistics by name; the same names for each draw
     * @return by the same names; empty when a class has too few persons for draws to differ, so that the spread is unknown
     */
    public Map<String, Interval> intervals(
            List<Sample> samples, Function<List<Sample>, Map<String, Double>> statistics) {
        var strata = strata(samples);
        if (isAlwaysTheSame(strata, FAKE) || isAlwaysTheSame(strata, AUTHENTIC)) {
            return Map.of();
        }
        var random = new SplittableRandom(seed);
        var draws = new LinkedHashMap<String, double[]>();
        for (int r = 0; r < replicates; r++) {
            int replicate = r;
            statistics
                    .apply(draw(strata.values(), random))
                    .forEach((name, value) ->
                            draws.computeIfAbsent(name, key -> new double[replicates])[replicate] = value);
        }
        var intervals = new LinkedHashMap<String, Interval>();
        draws.forEach((name, values) -> intervals.put(name, percentiles(values)));
        return intervals;
    }

    /** Whether a class is present and every draw would hold the same persons of it. */
    private static boolean isAlwaysTheSame(Map<String, List<List<Sample>>> strata, String ofClass) {
        int alone = strata.getOrDefault(ofClass, List.of()).size();
        int both = strata.getOrDefault(BOTH, List.of()).size();
        return alone + both > 0 && alone < 2 && both < 2;
    }

    private static Map<String, List<List<Sample>>> strata(List<Sample> samples) {
        var persons = new TreeMap<String, List<Sample>>();
        for (Sample sample : samples) {
            persons.computeIfAbsent(sample.person(), key -> new ArrayList<>()).add(sample);
        }
        var strata = new TreeMap<String, List<List<Sample>>>();
        for (var clips : persons.values()) {
            long fakes = clips.stream().filter(Sample::fake).count();
            String stratum = fakes == 0 ? AUTHENTIC : fakes == clips.size() ? FAKE : BOTH;
            strata.computeIfAbsent(stratum, key -> new ArrayList<>()).add(clips);
        }
        return strata;
    }

    private static List<Sample> draw(Collection<List<List<Sample>>> strata, SplittableRandom random) {
        var drawn = new ArrayList<Sample>();
        for (var persons : strata) {
            for (int i = 0; i < persons.size(); i++) {
                drawn.addAll(persons.get(random.nextInt(persons.size())));
            }
        }
        return drawn;
    }

    private Interval percentiles(double[] values) {
        Arrays.sort(values);
        double tail = (1 - confidence) / 2;
        return new Interval(quantile(values, tail), quantile(values, 1 - tail));
    }

    /** Linear between the order statistics. */
    private static double quantile(double[] sorted, double share) {
        double position = share * (sorted.length - 1);
        int low = (int) position;
        int high = Math.min(low + 1, sorted.length - 1);
        return sorted[low] + (position - low) * (sorted[high] - sorted[low]);
    }
}
