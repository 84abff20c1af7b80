package io.unmask.detector.pipeline;

import io.unmask.ingest.clip.Captured;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** When a live source's newest pictures were taken. Thread-safe. */
public final class CaptureTimes {
    /** Enough for more than a minute at the usual sampling rate. */
    private static final int MAX_PICTURES = 512;

    private final TreeMap<Long, Captured> byPosition = new TreeMap<>();

    /** Notes when the picture of a presentation time was taken. */
    public synchronized void add(long positionMicros, Captured captured) {
        byPosition.put(positionMicros, captured);
        if (byPosition.size() > MAX_PICTURES) {
            byPosition.pollFirstEntry();
        }
    }

    /** When a presentation time was, reckoned from the nearest known picture; empty when no picture is known. */
    public synchronized Optional<Captured> at(long positionMicros) {
        Map.Entry<Long, Captured> before = byPosition.floorEntry(positionMicros);
        Map.Entry<Long, Captured> nearest = before == null ? byPosition.firstEntry() : before;
        return Optional.ofNullable(nearest)
                .map(known -> new Captured(
                        known.getValue().epochMicros() + positionMicros - known.getKey(),
                        known.getValue().by()));
    }
}
