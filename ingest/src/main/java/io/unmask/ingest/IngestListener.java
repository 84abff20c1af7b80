package io.unmask.ingest;

import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.Picture;
import java.util.OptionalLong;

/** Takes what a session yields, in the session's thread; it may block, and then decoding waits. */
public interface IngestListener {
    void event(IngestEvent event);

    /** Called each time the source was opened, before its first picture is there. */
    default void opened() {}

    /**
     * Called once, at the first picture and before any event: presentation time 0 is now.
     *
     * @param live whether presentation time runs with the wall clock, as that of a source without an end does
     */
    default void started(boolean live) {}

    /**
     * Called for each picture of a source whose pictures are taken while it is read, such as a camera, before the other calls
     * for that picture.
     */
    default void captured(long positionMicros, Captured captured) {}

    /**
     * Whether the picture of that presentation time comes too late to be searched. It is then skipped, so that the source
     * keeps up with real time. Asked once for each picture of a live source, even of one that declares a length, as a
     * camera's recorder does.
     */
    default boolean isBehind(long positionMicros) {
        return false;
    }

    /** Called for each picture before it is searched for faces; the picture is valid during the call. */
    default void picture(long positionMicros, Picture picture) {}

    /**
     * Called after each picture that was searched for faces, or passed over because of damage.
     *
     * @param positionMicros presentation time since the source's start
     * @param durationMicros the length that the source declares, if it does
     */
    default void progress(long positionMicros, OptionalLong durationMicros) {}
}
