package io.unmask.detector.verdict;

import io.unmask.ingest.clip.Coverage;
import java.time.Instant;

/**
 * A change in the state of a stream. Without it, a stream's silence could be read as "real".
 *
 * @param id deterministic: the same stream, session, state and time in it give the same id
 * @param sequence counted together with the stream's verdicts
 * @param detail one line for people; empty when there is nothing to add
 * @param timeMicros presentation time
 */
public record StreamState(
        String id,
        Verdict.Stream stream,
        long sequence,
        State state,
        String detail,
        long timeMicros,
        Instant time,
        Coverage coverage) {
    /** The detail of a source that was ended before its end. */
    public static final String STOPPED = "stopped";

    /** What happened. */
    public enum State {
        STARTED,
        STALLED,
        RECONNECTED,
        ENDED,
        FAILED
    }
}
