package io.unmask.ingest.clip;

import java.util.concurrent.TimeUnit;

/**
 * How late a live source's pictures are: by how much longer the way from capture to now is than the quickest that a
 * picture took in the last minutes. Of pictures that come in portions, as HLS has them in its segments, only the first of
 * each portion counts: it waited for the others. The camera's clock is not asked, and its drift against ours is forgotten
 * with the window. Thread-safe.
 */
public final class Lateness {
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(5);

    private long quickest = Long.MAX_VALUE;
    private long quickestBefore = Long.MAX_VALUE;
    private long windowStart;
    private long lastMicros = Long.MIN_VALUE;
    private long lastNanos;

    /**
     * A picture is here.
     *
     * @param positionMicros its presentation time
     * @param nowNanos as {@link System#nanoTime}
     */
    public synchronized void arrived(long positionMicros, long nowNanos) {
        if (quickest == Long.MAX_VALUE || nowNanos - windowStart > WINDOW_NANOS) {
            quickestBefore = quickest;
            quickest = Long.MAX_VALUE;
            windowStart = nowNanos;
        }
        if (!isHurried(positionMicros, nowNanos)) {
            quickest = Math.min(quickest, nowNanos - positionMicros * 1000);
        }
        lastMicros = positionMicros;
        lastNanos = nowNanos;
    }

    /** Whether it followed its predecessor clearly sooner than it was taken after it. */
    private boolean isHurried(long positionMicros, long nowNanos) {
        return lastMicros != Long.MIN_VALUE && nowNanos - lastNanos < (positionMicros - lastMicros) * 1000 * 3 / 4;
    }

    /** How late the picture of that time is by now, in nanoseconds; 0 before any arrived. */
    public synchronized long nanos(long positionMicros, long nowNanos) {
        return quickest == Long.MAX_VALUE
                ? 0
                : Math.max(0, nowNanos - positionMicros * 1000 - Math.min(quickest, quickestBefore));
    }
}
