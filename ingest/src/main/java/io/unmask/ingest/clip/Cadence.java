package io.unmask.ingest.clip;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Measures how far apart a source's pictures usually are, and finds holes: stretches without a picture that are unusually
 * long. So limits of time suit even a camera that gives one picture every few seconds. Pure; one thread.
 */
public final class Cadence {
    /** Longer stretches are always holes: across them no face can be followed. */
    private static final long LONGEST_MICROS = 6_000_000;

    /** Shorter stretches are no holes, however fast the pictures came before. */
    private static final long SHORTEST_HOLE_MICROS = 2_000_000;

    /** A stretch without a picture is a hole when it is this many times as long as usual. */
    private static final int HOLE_OVER_USUAL = 4;

    /** The usual interval is the median of at most this many. */
    private static final int REMEMBERED = 9;

    /** So many intervals tell what is usual, and so many holes in a row show that it has changed. */
    private static final int ENOUGH = 3;

    private final Deque<Long> intervals = new ArrayDeque<>();
    private long lastMicros = -1;
    /** How many of the last intervals in a row were holes of at most {@link #LONGEST_MICROS}. */
    private int rare;

    private int holes;
    private long holeMicros;

    /**
     * Takes the time of the next picture.
     *
     * @return whether nothing can be said about the time between it and the one before
     */
    public boolean isAfterHole(long timeMicros) {
        long interval = lastMicros < 0 ? 0 : timeMicros - lastMicros;
        boolean first = lastMicros < 0;
        lastMicros = timeMicros;
        boolean isLong = interval > SHORTEST_HOLE_MICROS && interval > HOLE_OVER_USUAL * usualMicros();
        boolean isHole = interval > LONGEST_MICROS || (isLong && intervals.size() >= ENOUGH);
        rare = isHole && interval <= LONGEST_MICROS ? rare + 1 : 0;
        if (isHole && rare < ENOUGH) {
            holes++;
            holeMicros += interval;
            return true;
        }
        if (isHole) {
            intervals.clear();
            rare = 0;
        }
        if (!first) {
            intervals.add(interval);
        }
        if (intervals.size() > REMEMBERED) {
            intervals.remove();
        }
        return false;
    }

    /** How many holes there were. */
    int holes() {
        return holes;
    }

    /** The length of all holes, each from the picture before to the one after. */
    long holeMicros() {
        return holeMicros;
    }

    /** The median of the last intervals; 0 before the second picture. */
    public long usualMicros() {
        return intervals.isEmpty()
                ? 0
                : intervals.stream()
                        .sorted()
                        .skip(intervals.size() / 2)
                        .findFirst()
                        .orElseThrow();
    }

    /** Forgets the last picture, since pictures between it and the next one were left out on purpose. */
    public void pause() {
        lastMicros = -1;
    }
}
