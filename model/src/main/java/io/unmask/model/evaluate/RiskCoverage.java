package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Risk against coverage (El-Yaniv and Wiener, JMLR 2010): how often a model errs when it judges only those faces of which
 * it is most certain. Most certain is what lies farthest from the threshold; what is out of distribution comes last.
 *
 * @param decision names the threshold
 * @param points from all faces down to few; a point is left out when the judged faces are all of one class
 */
public record RiskCoverage(String decision, List<Point> points) {
    private static final int STEPS = 20;

    /**
     * @param coverage share of the faces that are judged
     * @param missed share of the judged fakes below the threshold
     * @param falseAlarms share of the judged authentic faces at or above it
     */
    public record Point(double coverage, double missed, double falseAlarms) {
        /** Both classes weigh the same, however many of each there are. */
        public double error() {
            return (missed + falseAlarms) / 2;
        }
    }

    public RiskCoverage {
        points = List.copyOf(points);
    }

    /**
     * A face and how far it lies above the threshold.
     *
     * @param over its calibrated logit minus the threshold's; infinite where the threshold is a probability of 0 or 1
     */
    private record Placed(Sample face, double over) {}

    /**
     * Curves for two thresholds: the one in force, and a {@code p_fake} of 0.5, at which both classes are as likely.
     *
     * @param parts of both classes together, calibrated, each with its threshold in force
     * @param limit on the faces' distance; absent when the model does not tell it
     */
    public static List<RiskCoverage> of(List<ToolTable.Part> parts, Optional<Double> limit) {
        return List.of(
                of("threshold in force", placed(parts, ToolTable.Part::threshold), limit),
                of("p_fake 0.5", placed(parts, part -> 0), limit));
    }

    private static List<Placed> placed(List<ToolTable.Part> parts, ToDoubleFunction<ToolTable.Part> threshold) {
        return parts.stream()
                .flatMap(part -> part.faces().stream()
                        .map(face -> new Placed(face, face.logit() - threshold.applyAsDouble(part))))
                .toList();
    }

    private static RiskCoverage of(String decision, List<Placed> faces, Optional<Double> limit) {
        var byCertainty = faces.stream()
                .sorted(Comparator.comparing((Placed placed) -> isBeyond(placed.face(), limit))
                        .thenComparing(placed -> -Math.abs(placed.over())))
                .toList();
        var points = new ArrayList<Point>();
        for (int step = STEPS; step > 0; step--) {
            double coverage = (double) step / STEPS;
            var judged = byCertainty.subList(0, (int) Math.round(coverage * faces.size()));
            long fakes = judged.stream().filter(placed -> placed.face().fake()).count();
            long authentic = judged.size() - fakes;
            if (fakes > 0 && authentic > 0) {
                long missed = judged.stream()
                        .filter(placed -> placed.face().fake() && placed.over() < 0)
                        .count();
                long alarms = judged.stream()
                        .filter(placed -> !placed.face().fake() && placed.over() >= 0)
                        .count();
                points.add(new Point(coverage, (double) missed / fakes, (double) alarms / authentic));
            }
        }
        return new RiskCoverage(decision, points);
    }

    private static boolean isBeyond(Sample face, Optional<Double> limit) {
        return limit.isPresent()
                && face.distance().filter(value -> value > limit.get()).isPresent();
    }

    /** The point at a coverage; empty when it was left out. */
    public Optional<Point> at(double coverage) {
        return points.stream()
                .filter(point -> Math.abs(point.coverage() - coverage) < 1e-9)
                .findFirst();
    }
}
