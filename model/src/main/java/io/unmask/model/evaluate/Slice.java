package io.unmask.model.evaluate;

import io.unmask.model.spec.Calibration.Interval;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A part of the judged faces and what was measured on it.
 *
 * @param name as in {@code crf32}
 * @param persons that the intervals were drawn from
 * @param metrics by name, those of {@link Metrics#of}
 */
public record Slice(String name, int authentic, int fake, int persons, Map<String, Estimate> metrics) {
    public Slice {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** @param interval absent when a class of the slice has one person only */
    public record Estimate(double value, Optional<Interval> interval) {}

    static Slice of(String name, List<Sample> samples, double threshold, Bootstrap bootstrap) {
        var scores = Scores.of(samples);
        var intervals = new HashMap<>(bootstrap.intervals(samples, drawn -> Metrics.of(Scores.of(drawn), threshold)));
        var estimates = new LinkedHashMap<String, Estimate>();
        Metrics.of(scores, threshold).forEach((metric, value) -> {
            if (metric.equals("apcer") || metric.equals("bpcer")) {
                long persons = persons(samples, s -> s.fake() == metric.equals("apcer"));
                exact(value, persons, bootstrap.confidence()).ifPresent(i -> intervals.put(metric, i));
            }
            estimates.put(metric, new Estimate(value, Optional.ofNullable(intervals.get(metric))));
        });
        return new Slice(name, scores.authentic(), scores.fakes(), (int) persons(samples, s -> true), estimates);
    }

    private static long persons(List<Sample> samples, Predicate<Sample> in) {
        return samples.stream().filter(in).map(Sample::person).distinct().count();
    }

    /** A rate of 0 or 1 is the same in each draw, but not certain: Clopper and Pearson's interval (1934) over persons. */
    private static Optional<Interval> exact(double rate, long persons, double confidence) {
        double bound = Math.pow((1 - confidence) / 2, 1.0 / persons);
        if (rate == 0) {
            return Optional.of(new Interval(0, 1 - bound));
        }
        return rate == 1 ? Optional.of(new Interval(bound, 1)) : Optional.empty();
    }

    /** Empty when the metric needs a class that the slice has not. */
    public Optional<Estimate> metric(String metric) {
        return Optional.ofNullable(metrics.get(metric));
    }
}
