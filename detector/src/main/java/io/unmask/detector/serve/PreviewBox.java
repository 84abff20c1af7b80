package io.unmask.detector.serve;

import io.unmask.ingest.clip.Picture;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps the newest picture while somebody looks: at most one a second, and none when nobody asks. One that is older than
 * that is not shown as the newest. Thread-safe.
 */
final class PreviewBox {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
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
        takenNanos = nanoTime.getAsLong() - SHORTEST_NANOS;
        askedNanos = nanoTime.getAsLong() - INTEREST_NANOS;
    }

    void offer(Picture picture) {
        long now = nanoTime.getAsLong();
        synchronized (this) {
            boolean wanted = newest.isEmpty() || now - askedNanos < INTEREST_NANOS;
            if (!wanted || now - takenNanos < SHORTEST_NANOS) {
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

    /** The newest picture; where nobody asked for long, there is none before the next one that is taken. */
    synchronized Optional<Preview> newest() {
        askedNanos = nanoTime.getAsLong();
        return newest.filter(preview -> askedNanos - newestNanos < INTEREST_NANOS);
    }
}
