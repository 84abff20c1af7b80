package io.unmask.detector.serve;

/**
 * Measures how much the distribution of a source's newest scores differs from that of its first ones under the same model, by
 * the population stability index over ten equal bins of {@code p_fake}. By custom, an index under 0.1 means no change, and one
 * from 0.25 on a large change. One thread adds scores; any thread reads the index.
 */
final class ScoreDrift {
    static final int WINDOW = 400;
    private static final int BINS = 10;
    /** An empty bin counts as half a score. */
    private static final double LEAST = 0.5;

    private final int[] first = new int[BINS];
    private final int[] newest = new int[BINS];
    private final int[] ring = new int[WINDOW];
    private long seen;

    synchronized void add(double pFake) {
        int bin = Math.min(BINS - 1, (int) (pFake * BINS));
        if (seen < WINDOW) {
            first[bin]++;
        } else {
            int place = (int) (seen % WINDOW);
            if (seen >= 2L * WINDOW) {
                newest[ring[place]]--;
            }
            ring[place] = bin;
            newest[bin]++;
        }
        seen++;
    }

    /** Not a number before there are two windows of scores. */
    synchronized double index() {
        if (seen < 2L * WINDOW) {
            return Double.NaN;
        }
        double index = 0;
        for (int bin = 0; bin < BINS; bin++) {
            double before = Math.max(LEAST, first[bin]) / WINDOW;
            double now = Math.max(LEAST, newest[bin]) / WINDOW;
            index += (now - before) * Math.log(now / before);
        }
        return index;
    }
}
