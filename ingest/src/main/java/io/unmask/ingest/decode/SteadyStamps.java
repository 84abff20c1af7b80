package io.unmask.ingest.decode;

/**
 * Finds packets missing from a stream that numbers nothing, by a hole in stamps that were steady before. Where the rate
 * varies a hole means nothing. Pure; one thread.
 */
final class SteadyStamps {
    private static final int STEADY = 16;
    /** Rounding to milliseconds, and then some. */
    private static final long JITTER_MICROS = 1_500;

    private long lastMicros = PresentationClock.UNKNOWN;
    private long intervalMicros;
    private int steady;

    /** Whether packets are missing before this one. */
    boolean isAfterLoss(long stampMicros) {
        if (stampMicros == PresentationClock.UNKNOWN) {
            return false;
        }
        long interval = lastMicros == PresentationClock.UNKNOWN ? 0 : stampMicros - lastMicros;
        lastMicros = stampMicros;
        if (steady >= STEADY && interval > intervalMicros * 3 / 2) {
            return true;
        }
        if (Math.abs(interval - intervalMicros) <= JITTER_MICROS) {
            steady++;
        } else {
            intervalMicros = interval;
            steady = 0;
        }
        return false;
    }
}
