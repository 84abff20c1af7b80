package io.unmask.detector.serve;

/** What a source of the service is doing. */
public enum SourceState {
    /** It is being opened, or has not given a picture yet. */
    OPENING,
    /** Pictures come. */
    RUNNING,
    /** Pictures came once; the source is opened again until they come again. */
    STALLED,
    /** Somebody paused it. */
    PAUSED,
    /** It was read to its end. */
    ENDED,
    /** It cannot be read, and trying again would not help. */
    FAILED
}
