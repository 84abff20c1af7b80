package io.unmask.ingest.clip;

import java.util.List;
import java.util.Optional;

/** What a source yields, in order of time. The last event of every source is one {@link SourceEnded}, or a
 * {@link ConnectionLost} where the service opens it anew. */
public sealed interface IngestEvent {

    /** Presentation time at which the event's span starts, since the source's start. */
    long startMicros();

    /** Presentation time at which the event's span ends. */
    long endMicros();

    Coverage coverage();

    /** The same event with another count of frames. */
    default IngestEvent withCoverage(Coverage other) {
        if (this instanceof FaceClip clip) {
            return new FaceClip(clip.trackId, clip.index, clip.startMicros, clip.endMicros, clip.samples, other);
        } else if (this instanceof FacelessSpan span) {
            return new FacelessSpan(span.startMicros, span.endMicros, other);
        } else if (this instanceof DamagedSpan span) {
            return new DamagedSpan(span.startMicros, span.endMicros, other);
        } else if (this instanceof TrackEnded ended) {
            return new TrackEnded(ended.trackId, ended.startMicros, ended.endMicros, ended.cause, other);
        } else if (this instanceof StateChanged changed) {
            return new StateChanged(changed.state, changed.detail, changed.startMicros, changed.endMicros, other);
        } else if (this instanceof ConnectionLost lost) {
            return new ConnectionLost(lost.startMicros, lost.endMicros, lost.why, other);
        }
        SourceEnded ended = (SourceEnded) this;
        return new SourceEnded(ended.startMicros, ended.endMicros, ended.stopped, ended.failure, other);
    }

    /**
     * A face over a span of time.
     *
     * @param trackId counts faces of the source from 1
     * @param index counts the track's clips from 0
     * @param samples at least one, by time; fewer than a full clip's at a short track's end
     */
    record FaceClip(
            int trackId, int index, long startMicros, long endMicros, List<FaceSample> samples, Coverage coverage)
            implements IngestEvent {
        public FaceClip {
            samples = List.copyOf(samples);
            if (samples.isEmpty()) {
                throw new IllegalArgumentException("a clip needs at least one sample");
            }
        }
    }

    /** A span, as long as a clip or shorter, in which no face was found. */
    record FacelessSpan(long startMicros, long endMicros, Coverage coverage) implements IngestEvent {}

    /** A span, as long as a clip or shorter, of a stream between damage and its next key frame: nothing was judged. */
    record DamagedSpan(long startMicros, long endMicros, Coverage coverage) implements IngestEvent {}

    /** A face left the picture, or the source ended; no clip of the track follows. */
    record TrackEnded(int trackId, long startMicros, long endMicros, Cause cause, Coverage coverage)
            implements IngestEvent {
        /** Why no clip of the track follows. */
        public enum Cause {
            LEFT,
            SOURCE_ENDED
        }
    }

    /** A live source fell silent or came back. */
    record StateChanged(State state, String detail, long startMicros, long endMicros, Coverage coverage)
            implements IngestEvent {
        /** What a source is doing. */
        public enum State {
            STARTED,
            STALLED,
            RECONNECTED
        }
    }

    /**
     * A connection to a live source is over, and the source will be opened anew: as a new session with times of its own.
     *
     * @param why one line for the user
     */
    record ConnectionLost(long startMicros, long endMicros, String why, Coverage coverage) implements IngestEvent {}

    /**
     * The source is over.
     *
     * @param stopped whether it was ended from outside, before its own end
     * @param failure one line for the user when it did not end by itself; empty after a regular end and when stopped
     */
    record SourceEnded(long startMicros, long endMicros, boolean stopped, Optional<String> failure, Coverage coverage)
            implements IngestEvent {}
}
