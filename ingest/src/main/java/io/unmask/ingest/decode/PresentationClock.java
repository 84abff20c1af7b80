package io.unmask.ingest.decode;

import java.util.function.LongSupplier;

/** Makes a strictly rising time out of the time stamps that files and cameras really carry. One thread. */
final class PresentationClock {
    /** FFmpeg's {@code AV_NOPTS_VALUE}. */
    static final long UNKNOWN = Long.MIN_VALUE;

    // Beyond these a stamp may be broken, or the source spliced. Then a file's time goes on by the frame's duration,
    // and a
    // live source's by the time that really went by.
    private static final long MAX_GAP_MICROS = 60_000_000;
    private static final long MAX_JITTER_MICROS = 1_000_000;

    /** Ten thousand days: no video lasts as long. */
    private static final long MAX_TIME_MICROS = 864_000_000_000_000L;

    private final long frameMicros;
    private final LongSupplier nanoClock;
    private long offsetMicros;
    private long expectedMicros;
    private long lastMicros = -1;
    private long lastNanos;

    /**
     * @param startMicros the stamp that becomes 0, or {@link #UNKNOWN} for the first one
     * @param frameMicros duration of a frame that does not say its own
     */
    PresentationClock(long startMicros, long frameMicros) {
        this(startMicros, frameMicros, () -> 0);
    }

    private PresentationClock(long startMicros, long frameMicros, LongSupplier nanoClock) {
        this.offsetMicros = startMicros == UNKNOWN ? UNKNOWN : -startMicros;
        this.frameMicros = frameMicros;
        this.nanoClock = nanoClock;
    }

    /**
     * The clock of a live source, whose first frame is at 0. Where its stamps start again, its time goes on with the time
     * that went by: were it shorter, every later frame would count as late.
     *
     * @param nanoClock as {@link System#nanoTime}
     */
    static PresentationClock ofLive(long frameMicros, LongSupplier nanoClock) {
        return new PresentationClock(UNKNOWN, frameMicros, nanoClock);
    }

    /** The stamp of the frame after the one that is asked about, when it matters. */
    interface Following {
        /** In microseconds, or {@link #UNKNOWN}. */
        long stampMicros() throws SourceException;
    }

    /**
     * The time of the next frame since the source's start.
     *
     * @param stampMicros the frame's own, or {@link #UNKNOWN}
     * @param durationMicros the frame's own, or 0
     * @param following by which a long hole is told from one wild stamp: after a hole, time goes on from there
     */
    long next(long stampMicros, long durationMicros, Following following) throws SourceException {
        long nanos = nanoClock.getAsLong();
        long goneByMicros = lastMicros < 0 ? 0 : (nanos - lastNanos) / 1_000;
        long time = stampMicros == UNKNOWN ? expectedMicros : sensible(stampMicros, goneByMicros, following);
        lastMicros = time;
        lastNanos = nanos;
        expectedMicros = time + (durationMicros > 0 && durationMicros <= MAX_GAP_MICROS ? durationMicros : frameMicros);
        return time;
    }

    private long sensible(long stampMicros, long goneByMicros, Following following) throws SourceException {
        if (offsetMicros == UNKNOWN) {
            offsetMicros = -stampMicros;
        }
        long time = stampMicros + offsetMicros;
        long ahead = time - expectedMicros;
        boolean rises = time > lastMicros && time < MAX_TIME_MICROS;
        if (rises && (ahead <= MAX_GAP_MICROS || isHole(stampMicros, following.stampMicros()))) {
            return time;
        }
        if (ahead > 0 || ahead < -MAX_JITTER_MICROS) {
            time = Math.max(expectedMicros, lastMicros + goneByMicros);
            offsetMicros = time - stampMicros;
            return time;
        }
        return expectedMicros;
    }

    private static boolean isHole(long stampMicros, long followingMicros) {
        return followingMicros != UNKNOWN
                && followingMicros >= stampMicros - MAX_JITTER_MICROS
                && followingMicros - stampMicros <= MAX_GAP_MICROS;
    }
}
