package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.List;

/** How often {@code pFake} came true, in bins of equal width from 0 to 1; the last holds 1. Empty bins are left out. */
public record Reliability(List<Bin> bins) {

    /**
     * @param meanPFake what was said
     * @param fakeShare what was true
     */
    public record Bin(int count, double meanPFake, double fakeShare) {}

    public Reliability {
        bins = List.copyOf(bins);
    }

    public static Reliability of(Scores scores, int bins) {
        var count = new int[bins];
        var fakes = new int[bins];
        var sum = new double[bins];
        for (int i = 0; i < scores.size(); i++) {
            int bin = Math.min(bins - 1, (int) (scores.pFake(i) * bins));
            count[bin]++;
            fakes[bin] += scores.fake(i) ? 1 : 0;
            sum[bin] += scores.pFake(i);
        }
        var list = new ArrayList<Bin>();
        for (int b = 0; b < bins; b++) {
            if (count[b] > 0) {
                list.add(new Bin(count[b], sum[b] / count[b], (double) fakes[b] / count[b]));
            }
        }
        return new Reliability(list);
    }

    /** Expected calibration error: mean distance of what was said from what was true, weighted by count. */
    public double ece() {
        double sum = 0;
        int total = 0;
        for (Bin bin : bins) {
            sum += bin.count() * Math.abs(bin.meanPFake() - bin.fakeShare());
            total += bin.count();
        }
        return sum / total;
    }
}
