package io.unmask.ingest.decode;

/** Makes a strictly rising time out of the time stamps that files and cameras really carry. One thread. */
final class PresentationClock {
    /** FFmpeg's {@code AV_NOPTS_VALUE}. */
    static final long UNKNOWN = Long.MIN_VALUE;

    // Beyond these a stamp is broken, or the source was spliced: the time goes on by the frame's duration instead.
    private static final long MAX_GAP_MICROS = 60_000_000;
    private static final long MAX_JITTER_MICROS = 1_000_000;

    private final long frameMicros;
    private long offsetMicros;
    private long expectedMicros;
    private long lastMicros = -1;
    private boolean repaired;

    /**
     * @param startMicros the stamp that becomes 0, or {@link #UNKNOWN} for the first one
     * @param frameMicros duration of a frame that does not say its own
     */
    PresentationClock(long startMicros, long frameMicros) {
        this.offsetMicros = startMicros == UNKNOWN ? UNKNOWN : -startMicros;
        this.frameMicros = frameMicros;
    }

    /**
     * The time of the next frame since the source's start.
     *
     * @param stampMicros the frame's own, or {@link #UNKNOWN}
     * @param durationMicros the frame's own, or 0
     */
    long next(long stampMicros, long durationMicros) {
        repaired = stampMicros == UNKNOWN;
        long time = repaired ? expectedMicros : sensible(stampMicros);
        lastMicros = time;
        expectedMicros = time + (durationMicros > 0 && durationMicros <= MAX_GAP_MICROS ? durationMicros : frameMicros);
        return time;
    }

    /** Whether the last frame's stamp was missing or made no sense beside those before. */
    boolean hadToRepair() {
        return repaired;
    }

    private long sensible(long stampMicros) {
        if (offsetMicros == UNKNOWN) {
            offsetMicros = -stampMicros;
        }
        long time = stampMicros + offsetMicros;
        long ahead = time - expectedMicros;
        if (time > lastMicros && ahead <= MAX_GAP_MICROS) {
            return time;
        }
        repaired = true;
        if (ahead > 0 || ahead < -MAX_JITTER_MICROS) {
            offsetMicros = expectedMicros - stampMicros;
        }
        return expectedMicros;
    }
}
