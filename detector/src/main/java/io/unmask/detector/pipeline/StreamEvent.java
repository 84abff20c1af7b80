package io.unmask.detector.pipeline;

import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent;

/**
 * An event on its way to be judged, and the stream that it belongs to.
 *
 * @param queuedNanos {@link System#nanoTime} when ingest handed it over
 */
public record StreamEvent(OpenStream stream, IngestEvent event, long queuedNanos) {

    /** Pixels held; samples that two clips share count for both, so that a bound by bytes is safe. */
    long bytes() {
        return event instanceof IngestEvent.FaceClip clip
                ? clip.samples().stream()
                        .map(FaceSample::crop)
                        .mapToLong(crop -> crop.rgb().length)
                        .sum()
                : 0;
    }
}
