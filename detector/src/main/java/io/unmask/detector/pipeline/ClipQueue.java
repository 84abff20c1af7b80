package io.unmask.detector.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The only hand-off between ingest and scoring: first in, first out, bounded by count and by bytes. A full queue blocks
 * its producer, which slows the decoder; a producer's failure reaches the consumer at its next poll. Thread-safe, for
 * many producers and one consumer.
 */
final class ClipQueue implements AutoCloseable {

    private final int maxEntries;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<StreamEvent> entries = new ArrayDeque<>();
    private long bytes;
    private int producers;
    private RuntimeException failure;
    private boolean closed;

    /**
     * @param producers how many there are already; each calls {@link #producerDone} once
     * @param maxEntries at least 1
     * @param maxBytes a single larger entry is still let into an empty queue
     */
    ClipQueue(int producers, int maxEntries, long maxBytes) {
        if (maxEntries < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("a queue of " + maxEntries + " entries and " + maxBytes + " bytes");
        }
        this.producers = producers;
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
    }

    /**
     * Waits for room and adds. An interrupt does not end the wait, since it would lose the entry: {@link #close} does.
     *
     * @return false when the queue is closed or a producer failed, and the entry was not taken
     */
    boolean put(StreamEvent entry) {
        long size = entry.bytes();
        lock.lock();
        try {
            while (isOpen() && !entries.isEmpty() && (entries.size() >= maxEntries || bytes + size > maxBytes)) {
                changed.awaitUninterruptibly();
            }
            if (!isOpen()) {
                return false;
            }
            entries.add(entry);
            bytes += size;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether another entry like the newest would have to wait. */
    boolean isFull() {
        lock.lock();
        try {
            StreamEvent newest = entries.peekLast();
            return newest != null && (entries.size() >= maxEntries || bytes + newest.bytes() > maxBytes);
        } finally {
            lock.unlock();
        }
    }

    /** Hands a producer's failure to the consumer, after what is queued already; later ones are kept as suppressed. */
    void fail(RuntimeException cause) {
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
            } else if (failure != cause) {
                failure.addSuppressed(cause);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A producer begins; it calls {@link #producerDone} once. */
    void producerAdded() {
        lock.lock();
        try {
            producers++;
        } finally {
            lock.unlock();
        }
    }

    /** A producer will put no more. */
    void producerDone() {
        lock.lock();
        try {
            producers--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes what is there, up to {@code max} entries, in order.
     *
     * @return empty when, and only when, nothing will come any more
     * @throws RuntimeException a producer's failure, once everything that was queued before it is taken
     */
    List<StreamEvent> poll(int max) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (entries.isEmpty() && failure == null && !closed && producers > 0) {
                changed.await();
            }
            if (entries.isEmpty() && failure != null) {
                throw failure;
            }
            List<StreamEvent> taken = new ArrayList<>(Math.min(max, entries.size()));
            while (taken.size() < max && !entries.isEmpty()) {
                StreamEvent entry = entries.remove();
                bytes -= entry.bytes();
                taken.add(entry);
            }
            changed.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private boolean isOpen() {
        return !closed && failure == null;
    }

    /** Releases everybody who waits; what is still queued is dropped. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            entries.clear();
            bytes = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
