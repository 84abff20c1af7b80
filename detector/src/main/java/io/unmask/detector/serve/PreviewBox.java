package io.unmask.detector.serve;

import io.unmask.ingest.clip.Picture;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Keeps the newest picture while somebody looks: at most one a second, and none when nobody asks. Thread-safe. */
final class PreviewBox {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
    private static final long INTEREST_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Clock clock;
    private Optional<Preview> newest = Optional.empty();
    private long takenNanos = System.nanoTime() - SHORTEST_NANOS;
    private long askedNanos = System.nanoTime() - INTEREST_NANOS;

    PreviewBox(Clock clock) {
        this.clock = clock;
    }

    void offer(Picture picture) {
        long now = System.nanoTime();
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
        }
    }

    synchronized Optional<Preview> newest() {
        askedNanos = System.nanoTime();
        return newest;
    }
}
