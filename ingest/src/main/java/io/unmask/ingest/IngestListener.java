package io.unmask.ingest;

import io.unmask.ingest.clip.IngestEvent;
import java.util.OptionalLong;

/** Takes what a session yields, in the session's thread; it may block, and then decoding waits. */
public interface IngestListener {
    void event(IngestEvent event);

    /**
     * Called once a sampled picture.
     *
     * @param positionMicros presentation time since the source's start
     * @param durationMicros the length that the source declares, if it does
     */
    default void progress(long positionMicros, OptionalLong durationMicros) {}
}
