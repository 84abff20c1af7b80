package io.unmask.detector.pipeline;

import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The only hand-off between ingest and scoring: a lane for each stream, first in, first out, from which the consumer
 * takes in turn, so that no stream starves another. A file whose events find no room waits, which slows its decoder. A
 * live stream never waits: a clip that is too late, or for which there is no room, is dropped once a newer one of the same
 * face waits behind it; where that does not make room enough, the oldest clip of all is dropped. A producer's failure
 * reaches the consumer at its next poll. Thread-safe, for many producers and one consumer.
 */
final class ClipQueue implements AutoCloseable {
    private final Bounds bounds;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<OpenStream, Lane> lanes = new LinkedHashMap<>();
    private final Lane.Total files = new Lane.Total();
    private final Lane.Total live = new Lane.Total();
    private int producers;
    private RuntimeException failure;
    private boolean closed;

    /**
     * How much may wait. Files share one room and live streams another of the same size.
     *
     * @param maxEntries at least 1
     * @param maxBytes a single larger entry is still let into an empty room
     * @param maxLateness of a live picture when its turn comes
     */
    record Bounds(int maxEntries, long maxBytes, Duration maxLateness) {
        Bounds {
            if (maxEntries < 1 || maxBytes < 1) {
                throw new IllegalArgumentException("a queue of " + maxEntries + " entries and " + maxBytes + " bytes");
            }
        }
    }

    /** What waits of one stream. */
    private record Lane(ArrayDeque<StreamEvent> entries, Total total) {

        /** What a room holds. */
        private static final class Total {
            private int entries;
            private long bytes;

            boolean exceeds(Bounds bounds, long more) {
                return entries > 0 && (entries >= bounds.maxEntries || bytes + more > bounds.maxBytes);
            }
        }

        void add(StreamEvent entry) {
            entries.add(entry);
            count(entry, 1);
        }

        StreamEvent remove() {
            StreamEvent entry = entries.remove();
            count(entry, -1);
            if (entry.event() instanceof FaceClip clip) {
                entry.stream().handOn(clip);
            } else if (entry.event() instanceof TrackEnded ended) {
                entry.stream().end(ended);
            }
            return entry;
        }

        private void count(StreamEvent entry, int sign) {
            total.entries += sign;
            total.bytes += sign * entry.bytes();
        }

        /**
         * Drops the oldest clip of those that may be, if a newer one of the same face waits behind it: the newest of each
         * face is judged, however late.
         */
        boolean dropOldest(Predicate<StreamEvent> mayBeDropped) {
            for (StreamEvent entry : entries) {
                if (entry.event() instanceof FaceClip clip
                        && mayBeDropped.test(entry)
                        && newer(clip).isPresent()) {
                    drop(entry, clip);
                    return true;
                }
            }
            return false;
        }

        private Optional<FaceClip> newer(FaceClip clip) {
            return entries.stream()
                    .map(StreamEvent::event)
                    .filter(FaceClip.class::isInstance)
                    .map(FaceClip.class::cast)
                    .filter(other -> other.trackId() == clip.trackId() && other.index() > clip.index())
                    .findFirst();
        }

        /**
         * The samples that the clip shares with one before it or behind it are not lost. Where none waits behind it, those
         * that a later one brings again are counted as dropped though they are judged.
         */
        private void drop(StreamEvent entry, FaceClip clip) {
            long keptFrom = newer(clip)
                    .map(newer -> newer.samples().get(0).sequence())
                    .orElse(clip.samples().get(clip.samples().size() - 1).sequence() + 1);
            entries.remove(entry);
            count(entry, -1);
            entry.stream().drop(clip, keptFrom);
        }
    }

    /** @param producers how many there are already; each calls {@link #producerDone} once */
    ClipQueue(int producers, Bounds bounds) {
        this.producers = producers;
        this.bounds = bounds;
    }

    /**
     * Adds; waits for room when the stream is a file. An interrupt does not end the wait, since it would lose the entry:
     * {@link #close} does.
     *
     * @return false when the queue is closed or a producer failed, and the entry was not taken
     */
    boolean put(StreamEvent entry) {
        lock.lock();
        try {
            while (isOpen() && !entry.stream().live() && files.exceeds(bounds, entry.bytes())) {
                changed.awaitUninterruptibly();
            }
            if (!isOpen()) {
                return false;
            }
            Lane lane = lanes.computeIfAbsent(
                    entry.stream(), stream -> new Lane(new ArrayDeque<>(), stream.live() ? live : files));
            lane.add(entry);
            boolean dropped = true;
            while (dropped && entry.stream().live() && live.exceeds(bounds, 0)) {
                dropped = lane.dropOldest(any -> true) || (live.bytes > bounds.maxBytes && dropOldestBut(entry));
            }
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a live picture is too late to be searched. */
    boolean isLate(OpenStream stream, long positionMicros, long nowNanos) {
        return stream.lateness().nanos(positionMicros, nowNanos)
                > bounds.maxLateness().toNanos();
    }

    /** Entries that wait, by the id of their stream. */
    Map<String, Integer> waiting() {
        lock.lock();
        try {
            Map<String, Integer> waiting = new HashMap<>();
            lanes.forEach((stream, lane) ->
                    waiting.merge(stream.stream().id(), lane.entries().size(), Integer::sum));
            return waiting;
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
     * Takes what is there, up to {@code max} entries: of each stream in order, one of each in turn.
     *
     * @return empty when, and only when, nothing will come any more
     * @throws RuntimeException a producer's failure, once everything that was queued before it is taken
     */
    List<StreamEvent> poll(int max) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (lanes.isEmpty() && failure == null && !closed && producers > 0) {
                changed.await();
            }
            if (lanes.isEmpty() && failure != null) {
                throw failure;
            }
            dropTheLate();
            List<StreamEvent> taken = new ArrayList<>();
            while (taken.size() < max && !lanes.isEmpty()) {
                OpenStream turn = lanes.keySet().iterator().next();
                Lane lane = lanes.remove(turn);
                taken.add(lane.remove());
                if (!lane.entries().isEmpty()) {
                    lanes.put(turn, lane);
                }
            }
            changed.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void dropTheLate() {
        long now = System.nanoTime();
        lanes.forEach((stream, lane) -> {
            boolean dropped = stream.live();
            while (dropped) {
                dropped = lane.dropOldest(entry -> isLate(stream, entry.event().endMicros(), now));
            }
        });
    }

    /** Drops the live streams' oldest clip but the given one, though it may be its face's newest. */
    private boolean dropOldestBut(StreamEvent kept) {
        Optional<StreamEvent> oldest = lanes.values().stream()
                .filter(lane -> lane.total() == live)
                .flatMap(lane -> lane.entries().stream())
                .filter(entry -> entry.event() instanceof FaceClip && !entry.equals(kept))
                .min(Comparator.comparingLong(StreamEvent::queuedNanos));
        oldest.ifPresent(entry -> {
            Lane lane = lanes.get(entry.stream());
            lane.drop(entry, (FaceClip) entry.event());
            if (lane.entries().isEmpty()) {
                lanes.remove(entry.stream());
            }
        });
        return oldest.isPresent();
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
            lanes.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
