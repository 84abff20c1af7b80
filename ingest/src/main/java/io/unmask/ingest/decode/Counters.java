package io.unmask.ingest.decode;

import io.unmask.ingest.clip.Coverage.Omitted;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Written by the decoding thread, read by any. */
final class Counters {
    private final AtomicLong decoded = new AtomicLong();
    private final AtomicLong sampled = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();
    private final AtomicLong tainted = new AtomicLong();
    private final AtomicLong colourMapped = new AtomicLong();
    private final AtomicLong passedOver = new AtomicLong();
    private volatile List<Omitted> omitted = List.of();

    void frameDecoded() {
        decoded.incrementAndGet();
    }

    void frameSampled() {
        sampled.incrementAndGet();
    }

    void frameTainted() {
        tainted.incrementAndGet();
    }

    void frameColourMapped() {
        colourMapped.incrementAndGet();
    }

    void passedOver(long count) {
        passedOver.set(count);
    }

    void damage(long count) {
        damaged.addAndGet(count);
    }

    void omitted(List<Omitted> parts) {
        omitted = List.copyOf(parts);
    }

    Counts counts() {
        return new Counts(
                decoded.get(),
                sampled.get(),
                damaged.get(),
                tainted.get(),
                colourMapped.get(),
                passedOver.get(),
                omitted);
    }
}
