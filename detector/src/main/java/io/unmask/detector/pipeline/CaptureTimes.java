package io.unmask.detector.pipeline;

import io.unmask.ingest.clip.Captured;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** When a live source's newest pictures were taken. Thread-safe. */
public final class CaptureTimes {
    /** More than a minute at the rate of sampling. */
    private static final int MOST = 512;

    private final TreeMap<Long, Captured> byPosition = new TreeMap<>();

    /** A picture of that presentation time was taken then. */
    public synchronized void add(long positionMicros, Captured captured) {
        byPosition.put(positionMicros, captured);
        if (byPosition.size() > MOST) {
            byPosition.pollFirstEntry();
        }
    }

    /** When the moment of that presentation time was; empty when nothing is known of the source's pictures. */
    public synchronized Optional<Captured> at(long positionMicros) {
        Map.Entry<Long, Captured> before = byPosition.floorEntry(positionMicros);
        Map.Entry<Long, Captured> nearest = before == null ? byPosition.firstEntry() : before;
        return Optional.ofNullable(nearest)
                .map(known -> new Captured(
                        known.getValue().epochMicros() + positionMicros - known.getKey(),
                        known.getValue().by()));
    }
}
