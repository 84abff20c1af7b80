package io.unmask.ingest.decode;

import io.unmask.ingest.clip.Lateness;
import java.util.concurrent.TimeUnit;

/**
 * Tells which packets a live source's decoder passes over to keep up with real time on a machine that is too busy to decode
 * them all: once a packet comes too late, that one and all up to a key frame that comes early enough. No picture is decoded
 * that refers to one that was passed over. One thread.
 */
final class Backlog {
    /** A key frame is early enough at this fraction of the bound. Nearer to it, packets would soon be passed over again. */
    private static final int GOOD_TIME = 4;

    /** When packets are still late after nothing was decoded for this long, it is the network that has become slower. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A stamp that steps back further than this is not out of order: the camera has started to count anew. */
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
     * @param mostLateMs as in {@link FrameSources#openApart}
     * @param sampleFps rate of sampling, to count the pictures that would have been sampled from what was passed over
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
