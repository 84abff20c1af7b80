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
 * The only hand-off between ingest and scoring. Each stream has a lane, first in, first out, and the consumer takes from the
 * lanes in turn, so that no stream starves another. A producer's failure reaches the consumer at its next poll. Thread-safe,
 * for many producers and one consumer.
 *
 * <p>When there is no room, the producer of a file waits, which slows its decoder. The producer of a live stream never waits.
 * Instead, clips of live streams are dropped when they are too late or there is no room, but the newest clip of each face
 * stays. If the bytes then still exceed their bound, the oldest clips of all live streams are dropped, whatever they are.
 */
final class ClipQueue implements AutoCloseable {
    private final Bounds bounds;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<OpenStream, Lane> lanes = new LinkedHashMap<>();
    private final Room files = new Room();
    private final Room live = new Room();
    private int producers;
    private RuntimeException failure;
    private boolean closed;

    /**
     * How much may wait. All files share one room, and all live streams another of the same size.
     *
     * @param maxEntries at least 1
     * @param maxBytes at least 1; an empty room takes an entry of any size
     * @param maxLateness how late a live picture may be when its turn comes
     */
    record Bounds(int maxEntries, long maxBytes, Duration maxLateness) {
        Bounds {
            if (maxEntries < 1 || maxBytes < 1) {
                throw new IllegalArgumentException(
                        "maxEntries = " + maxEntries + ", maxBytes = " + maxBytes + ": both must be at least 1");
            }
        }
    }

    /** Counts what waits of all files, or of all live streams. */
    private static final class Room {
        private int entries;
        private long bytes;

        void count(StreamEvent entry, int sign) {
            entries += sign;
            bytes += sign * entry.bytes();
        }

        boolean exceeds(Bounds bounds, long more) {
            return entries > 0 && (entries >= bounds.maxEntries || bytes + more > bounds.maxBytes);
        }
    }

    /** What waits of one stream. */
    private record Lane(ArrayDeque<StreamEvent> entries, Room room) {

        void add(StreamEvent entry) {
            entries.add(entry);
            room.count(entry, 1);
        }

        StreamEvent remove() {
            StreamEvent entry = entries.remove();
            room.count(entry, -1);
            if (entry.event() instanceof FaceClip clip) {
                entry.stream().handOn(clip);
            } else if (entry.event() instanceof TrackEnded ended) {
                entry.stream().end(ended);
            }
            return entry;
        }

        /**
         * Drops the oldest clip that may be dropped and is not the newest of its face.
         *
         * @return false when there is no such clip
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
         * Drops a clip and counts its frames as dropped, except those that an overlapping clip of the same face holds, too. If
         * the later clip does not wait yet, its frames cannot be known: they are counted as dropped, though they will be judged.
         */
        private void drop(StreamEvent entry, FaceClip clip) {
            long keptFrom = newer(clip)
                    .map(newer -> newer.samples().get(0).sequence())
                    .orElse(clip.samples().get(clip.samples().size() - 1).sequence() + 1);
            entries.remove(entry);
            room.count(entry, -1);
            entry.stream().drop(clip, keptFrom);
        }
    }

    /** @param producers how many producers there are at first; each calls {@link #producerDone} once */
    ClipQueue(int producers, Bounds bounds) {
        this.producers = producers;
        this.bounds = bounds;
    }

    /**
     * Adds an entry, and waits for room when the stream is a file. An interrupt does not end the wait, because the entry would be
     * lost. {@link #close} and {@link #fail} do.
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
            if (entry.stream().live()) {
                makeRoom(lane, entry);
            }
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Drops clips until the live streams keep within their bounds, or no clip may be dropped. */
    private void makeRoom(Lane lane, StreamEvent added) {
        boolean isDropped = true;
        while (isDropped && live.exceeds(bounds, 0)) {
            isDropped = lane.dropOldest(any -> true) || (live.bytes > bounds.maxBytes && dropOldestExcept(added));
        }
    }

    /** Whether a live picture is too late to be searched for faces. */
    boolean isLate(OpenStream stream, long positionMicros, long nowNanos) {
        return stream.lateness().nanos(positionMicros, nowNanos)
                > bounds.maxLateness().toNanos();
    }

    /** How many entries wait, by the id of their stream. */
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

    /** Hands a producer's failure to the consumer, after what is queued already. Further failures become its suppressed ones. */
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
     * Waits for entries and takes up to {@code max} of them, one of each stream in turn (round robin).
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

    /** Drops the oldest clip of all live streams except the given one, even if it is the newest of its face. */
    private boolean dropOldestExcept(StreamEvent kept) {
        Optional<StreamEvent> oldest = lanes.values().stream()
                .filter(lane -> lane.room() == live)
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

    /** Ends every wait; what is still queued is thrown away. */
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
