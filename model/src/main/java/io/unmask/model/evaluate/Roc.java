package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * Receiver operating characteristic: what each possible threshold gives, from none called fake to all. Its points are
 * the distinct logits, so that ties count half in the area.
 */
public record Roc(List<Point> points) {

    /**
     * @param fpr share of authentic clips called fake
     * @param tpr share of fake clips called fake
     */
    public record Point(double fpr, double tpr) {}

    public Roc {
        points = List.copyOf(points);
    }

    /** Needs both classes. */
    public static Roc of(Scores scores) {
        var points = new ArrayList<Point>();
        points.add(new Point(0, 0));
        int truePositives = 0;
        int falsePositives = 0;
        for (int i = 0; i < scores.size(); ) {
            for (int end = i + scores.ties(i); i < end; i++) {
                truePositives += scores.fake(i) ? 1 : 0;
                falsePositives += scores.fake(i) ? 0 : 1;
            }
            points.add(
                    new Point((double) falsePositives / scores.authentic(), (double) truePositives / scores.fakes()));
        }
        return new Roc(points);
    }

    /** Area under the curve: chance that a fake scores above an authentic one, ties counted half. */
    public double auc() {
        double area = 0;
        for (int i = 1; i < points.size(); i++) {
            Point a = points.get(i - 1);
            Point b = points.get(i);
            area += (b.fpr() - a.fpr()) * (a.tpr() + b.tpr()) / 2;
        }
        return area;
    }

    /** Equal error rate: where false alarms are as frequent as misses, on the line between two points. */
    public double eer() {
        for (int i = 1; i < points.size(); i++) {
            Point b = points.get(i);
            double after = b.fpr() - (1 - b.tpr());
            if (after >= 0) {
                Point a = points.get(i - 1);
                double before = a.fpr() - (1 - a.tpr());
                return a.fpr() + (b.fpr() - a.fpr()) * -before / (after - before);
            }
        }
        throw new IllegalStateException("the curve ends where all are called fake");
    }
}
