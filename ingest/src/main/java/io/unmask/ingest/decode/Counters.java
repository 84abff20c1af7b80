package io.unmask.ingest.decode;

import java.util.concurrent.atomic.AtomicLong;

/** Written by the decoding thread, read by any. */
final class Counters {
    private final AtomicLong decoded = new AtomicLong();
    private final AtomicLong sampled = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();

    void frameDecoded() {
        decoded.incrementAndGet();
    }

    void frameSampled() {
        sampled.incrementAndGet();
    }

    void damage(long count) {
        damaged.addAndGet(count);
    }

    Counts counts() {
        return new Counts(decoded.get(), sampled.get(), damaged.get());
    }
}
