package io.unmask.detector.serve;

import io.unmask.ingest.clip.Picture;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps a source's newest picture while somebody asks for it, and takes a new one at most every 0.9 seconds. A picture that
 * is older than 15 seconds is not shown. Thread-safe.
 */
final class PreviewBox {
    private static final long MIN_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
    private static final long INTEREST_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Clock clock;
    private final LongSupplier nanoTime;
    private Optional<Preview> newest = Optional.empty();
    private long newestNanos;
    private long takenNanos;
    private long askedNanos;

    PreviewBox(Clock clock) {
        this(clock, System::nanoTime);
    }

    PreviewBox(Clock clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        takenNanos = nanoTime.getAsLong() - MIN_INTERVAL_NANOS;
        askedNanos = nanoTime.getAsLong() - INTEREST_NANOS;
    }

    void offer(Picture picture) {
        long now = nanoTime.getAsLong();
        synchronized (this) {
            boolean wanted = newest.isEmpty() || now - askedNanos < INTEREST_NANOS;
            if (!wanted || now - takenNanos < MIN_INTERVAL_NANOS) {
                return;
            }
            takenNanos = now;
        }
        Preview preview = Preview.of(picture, clock.instant());
        synchronized (this) {
            newest = Optional.of(preview);
            newestNanos = now;
        }
    }

    /** The newest picture. Empty when none was taken in the last 15 seconds, as when nobody has asked for a while. */
    synchronized Optional<Preview> newest() {
        askedNanos = nanoTime.getAsLong();
        return newest.filter(preview -> askedNanos - newestNanos < INTEREST_NANOS);
    }
}
