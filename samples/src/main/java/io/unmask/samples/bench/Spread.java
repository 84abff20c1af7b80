package io.unmask.samples.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Median and range of values; of an even number of them the median is the mean of the two in the middle. */
record Spread(double median, double min, double max) {

    static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int last = sorted.size() - 1;
        double median = (sorted.get(last / 2) + sorted.get((last + 1) / 2)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(last));
    }

    /** Ratios of what was measured side by side: the k-th of one to the k-th of the other. */
    static List<Double> ratios(List<Double> ours, List<Double> peers) {
        if (ours.size() != peers.size()) {
            throw new IllegalArgumentException(ours.size() + " values beside " + peers.size());
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            ratios.add(ours.get(i) / peers.get(i));
        }
        return ratios;
    }
}
