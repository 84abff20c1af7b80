package io.unmask.ingest.decode;

/** Picks the first usable frame of each interval of presentation time. One thread. */
final class Sampler {
    // A frame this share of an interval early is taken: rounded stamps must not cost a slow source every second frame.
    private static final double TOLERANCE = 0.125;

    private final double intervalMicros;
    private long nextInterval;
    private long missingInterval = -1;

    /** @param fps most frames picked a second, on average */
    Sampler(double fps) {
        if (!(fps > 0)) {
            throw new IllegalArgumentException("sample rate " + fps + ": must be above 0");
        }
        this.intervalMicros = 1_000_000 / fps;
    }

    /** Whether the frame at this time is to be sampled; times rise from call to call. */
    boolean isDue(long timeMicros) {
        long interval = interval(timeMicros);
        if (interval < nextInterval) {
            return false;
        }
        nextInterval = interval + 1;
        missingInterval = -1;
        return true;
    }

    /**
     * Takes a frame that cannot be sampled. Whether an interval has gone by without any that can: true once an interval
     * while such frames go on.
     */
    boolean isMissed(long timeMicros) {
        long interval = interval(timeMicros);
        if (interval < nextInterval) {
            return false;
        }
        boolean goneBy = missingInterval >= 0 && interval > missingInterval;
        missingInterval = interval;
        return goneBy;
    }

    private long interval(long timeMicros) {
        return (long) Math.floor(timeMicros / intervalMicros + TOLERANCE);
    }
}
