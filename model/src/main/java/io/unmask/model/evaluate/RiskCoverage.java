package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Risk against coverage (El-Yaniv and Wiener, JMLR 2010): how often a model errs when it judges only those faces of which
 * it is most certain. Most certain is what lies farthest from the threshold; what is out of distribution comes last.
 *
 * @param decision names the threshold
 * @param points from all faces to few; those at which a class is no more among the judged are left out
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
     * By the threshold in force and by that at which both classes are as likely.
     *
     * @param faces calibrated, of both classes
     * @param threshold a calibrated logit
     * @param limit on the faces' distance; absent when the model does not tell it
     */
    public static List<RiskCoverage> of(List<Sample> faces, double threshold, Optional<Double> limit) {
        return List.of(of("threshold in force", shifted(faces, threshold), limit), of("p_fake 0.5", faces, limit));
    }

    /** The same faces as if the threshold were at p_fake 0.5. */
    public static List<Sample> shifted(List<Sample> faces, double threshold) {
        return faces.stream().map(face -> face.with(face.logit() - threshold)).toList();
    }

    /** @param faces with the threshold at a logit of 0 */
    public static RiskCoverage of(String decision, List<Sample> faces, Optional<Double> limit) {
        var byCertainty = faces.stream()
                .sorted(Comparator.comparing((Sample face) -> isBeyond(face, limit))
                        .thenComparing(face -> -Math.abs(face.logit())))
                .toList();
        var points = new ArrayList<Point>();
        for (int step = STEPS; step > 0; step--) {
            double coverage = (double) step / STEPS;
            var judged = byCertainty.subList(0, (int) Math.round(coverage * faces.size()));
            long fakes = judged.stream().filter(Sample::fake).count();
            long authentic = judged.size() - fakes;
            if (fakes > 0 && authentic > 0) {
                long missed = judged.stream()
                        .filter(face -> face.fake() && face.logit() < 0)
                        .count();
                long alarms = judged.stream()
                        .filter(face -> !face.fake() && face.logit() >= 0)
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

    /** Empty where a class is missing among the judged. */
    public Optional<Point> at(double coverage) {
        return points.stream()
                .filter(point -> Math.abs(point.coverage() - coverage) < 1e-9)
                .findFirst();
    }
}
