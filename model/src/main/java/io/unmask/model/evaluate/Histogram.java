package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.List;

/** Clips by {@code pFake}, in bins of equal width from 0 to 1; the last holds 1. */
public record Histogram(List<Integer> authentic, List<Integer> fake) {
    public Histogram {
        authentic = List.copyOf(authentic);
        fake = List.copyOf(fake);
    }

    static Histogram of(Scores scores, int bins) {
        var authentic = new int[bins];
        var fake = new int[bins];
        for (int i = 0; i < scores.size(); i++) {
            int bin = Math.min(bins - 1, (int) (scores.pFake(i) * bins));
            (scores.fake(i) ? fake : authentic)[bin]++;
        }
        return new Histogram(boxed(authentic), boxed(fake));
    }

    private static List<Integer> boxed(int[] values) {
        var list = new ArrayList<Integer>();
        for (int value : values) {
            list.add(value);
        }
        return list;
    }
}
