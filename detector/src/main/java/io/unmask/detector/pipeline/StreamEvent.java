package io.unmask.detector.pipeline;

import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent;
import java.util.OptionalLong;

/**
 * An event on its way to be judged, and the stream that it belongs to.
 *
 * @param queuedNanos {@link System#nanoTime} when ingest handed it over
 * @param capturedNanos {@link System#nanoTime} when the event's end was captured, if another process told it
 */
public record StreamEvent(OpenStream stream, IngestEvent event, long queuedNanos, OptionalLong capturedNanos) {

    /** Name of the time, in a verdict's timing, that a live clip took from the capture of its end to its verdict. */
    public static final String CAPTURE_TO_VERDICT = "capture_to_verdict";

    /** An event of a source that this process reads. */
    public StreamEvent(OpenStream stream, IngestEvent event, long queuedNanos) {
        this(stream, event, queuedNanos, OptionalLong.empty());
    }

    /** Time since the capture of the event's end; empty where presentation time does not run with the clock. */
    public OptionalLong fromCapture(long nowNanos) {
        if (capturedNanos.isPresent()) {
            return OptionalLong.of(nowNanos - capturedNanos.getAsLong());
        }
        return stream.live()
                ? OptionalLong.of(stream.lateness().nanos(event.endMicros(), nowNanos))
                : OptionalLong.empty();
    }

    /** Bytes of the pixels. Samples that two clips share count for both, so that the sum is never too small. */
    long bytes() {
        return event instanceof IngestEvent.FaceClip clip
                ? clip.samples().stream()
                        .map(FaceSample::crop)
                        .mapToLong(crop -> crop.rgb().length)
                        .sum()
                : 0;
    }
}
