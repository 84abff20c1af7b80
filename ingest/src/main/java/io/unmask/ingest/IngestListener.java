package io.unmask.ingest;

import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.Picture;
import java.util.OptionalLong;

/** Takes what a session yields, in the session's thread; it may block, and then decoding waits. */
public interface IngestListener {
    void event(IngestEvent event);

    /** Called each time that the source is open and its next picture is awaited. */
    default void opened() {}

    /**
     * Called once, at the first picture and before any event: presentation time 0 is now.
     *
     * @param live whether presentation time runs with the wall clock, as that of a source without an end does
     */
    default void started(boolean live) {}

    /** Called once a picture of a source whose pictures are taken as it is read, before what follows from it. */
    default void captured(long positionMicros, Captured captured) {}

    /**
     * Whether the picture of that presentation time comes too late to be searched: it is skipped then, to stay with the
     * present. Asked once a picture of a live source, even of one that declares a length: a camera's recorder does.
     */
    default boolean isBehind(long positionMicros) {
        return false;
    }

    /** Called once a picture that was searched; the picture is valid during the call. */
    default void picture(long positionMicros, Picture picture) {}

    /**
     * Called once a picture that was searched.
     *
     * @param positionMicros presentation time since the source's start
     * @param durationMicros the length that the source declares, if it does
     */
    default void progress(long positionMicros, OptionalLong durationMicros) {}
}
