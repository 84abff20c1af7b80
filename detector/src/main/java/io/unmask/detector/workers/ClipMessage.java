package io.unmask.detector.workers;

import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.IngestEvent;
import java.time.Instant;
import java.util.Optional;

/**
 * An event of a stream on its way to the process that judges it; {@code clip-v1.json} is its schema.
 *
 * @param label names the source for people
 * @param opened wall clock at the first picture
 * @param live whether presentation time runs with the wall clock
 * @param number counts the session's events from 1, so that none is judged twice
 * @param handedOver when ingest handed the event over
 * @param lateMs milliseconds from the capture of the event's end to {@code handedOver}; absent when the source is not live
 * @param captured wall clock at the event's end; absent when the source is not live
 */
record ClipMessage(
        Verdict.Stream stream,
        String label,
        Instant opened,
        boolean live,
        long number,
        Cut cut,
        Instant handedOver,
        Optional<Double> lateMs,
        Optional<Captured> captured,
        IngestEvent event) {

    /**
     * How the stream was cut into clips, and what it is judged by.
     *
     * @param inputSize side of the faces in pixels
     * @param cropScale side of the cut over the face's box
     */
    record Cut(int inputSize, double cropScale, Rules.Terms terms) {}
}
