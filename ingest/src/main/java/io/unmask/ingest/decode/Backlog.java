package io.unmask.ingest.decode;

import io.unmask.ingest.clip.Lateness;
import java.util.concurrent.TimeUnit;

/**
 * Which packets a live source's decoder passes over, to stay with the present on a machine that is too busy to decode them
 * all: once one comes too late, it and all after it up to a key frame that comes in good time. No picture is decoded that
 * refers to one that was passed over. One thread.
 */
final class Backlog {
    /** So much earlier than the bound the decoder must be back, or it would pass over packets again at once. */
    private static final int GOOD_TIME = 4;

    /** Who decodes nothing for so long and is late still is not behind: the way to here has become longer. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A stamp that steps further back is not out of order: the camera counts anew. */
    private static final long MOST_BACK_MICROS = TimeUnit.SECONDS.toMicros(1);

    private final long mostNanos;
    private final double sampleFps;
    private Sampler sampler;
    private long lastMicros = Long.MIN_VALUE;
    private Lateness lateness = new Lateness();
    private boolean passing;
    private long sinceNanos;
    private long missed;

    /**
     * @param mostLateMs from which on packets are passed over
     * @param sampleFps at which what was passed over would have been sampled
     */
    Backlog(long mostLateMs, double sampleFps) {
        mostNanos = TimeUnit.MILLISECONDS.toNanos(mostLateMs);
        this.sampleFps = sampleFps;
        sampler = new Sampler(sampleFps);
    }

    /**
     * Whether the next packet is passed over.
     *
     * @param stampMicros in order of decoding
     * @param isKey whether decoding can begin with it
     * @param nowNanos as {@link System#nanoTime}
     */
    boolean passesOver(long stampMicros, boolean isKey, long nowNanos) {
        if (lastMicros != Long.MIN_VALUE && stampMicros < lastMicros - MOST_BACK_MICROS) {
            lateness = new Lateness();
            sampler = new Sampler(sampleFps);
        }
        lastMicros = stampMicros;
        lateness.arrived(stampMicros, nowNanos);
        long lateNanos = lateness.nanos(stampMicros, nowNanos);
        if (!passing && lateNanos > mostNanos) {
            passing = true;
            sinceNanos = nowNanos;
        }
        if (passing && nowNanos - sinceNanos > LONGEST_NANOS) {
            lateness = new Lateness();
            lateNanos = 0;
        }
        if (passing && isKey && lateNanos <= mostNanos / GOOD_TIME) {
            passing = false;
        }
        boolean due = sampler.isDue(stampMicros);
        missed += passing && due ? 1 : 0;
        return passing;
    }

    /** Pictures that would have been sampled of what was passed over. */
    long missed() {
        return missed;
    }
}
