package io.unmask.ingest.decode;

/**
 * Finds packets missing from a stream that numbers nothing, by a hole in stamps that were steady before. Where the rate
 * varies a hole means nothing, and two long intervals in a row may be a new rate. Pure; one thread.
 */
final class SteadyStamps {
    private static final int STEADY = 16;
    /** Rounding to milliseconds, and then some. */
    private static final long JITTER_MICROS = 1_500;

    private long lastMicros = PresentationClock.UNKNOWN;
    private long intervalMicros;
    private int steady;
    private boolean wasLong;

    /** Whether packets are missing before this one. */
    boolean isAfterLoss(long stampMicros) {
        if (stampMicros == PresentationClock.UNKNOWN) {
            return false;
        }
        long interval = lastMicros == PresentationClock.UNKNOWN ? 0 : stampMicros - lastMicros;
        lastMicros = stampMicros;
        boolean isLong = steady >= STEADY && interval > intervalMicros * 3 / 2;
        if (isLong && !wasLong) {
            wasLong = true;
            return true;
        }
        wasLong = false;
        if (Math.abs(interval - intervalMicros) <= JITTER_MICROS) {
            steady++;
        } else {
            intervalMicros = interval;
            steady = 0;
        }
        return isLong;
    }
}
