package io.unmask.ingest.clip;

/**
 * When a live source's picture was taken, by the wall clock.
 *
 * @param epochMicros since 1970-01-01 in UTC
 */
public record Captured(long epochMicros, By by) {

    /** Who says so. */
    public enum By {
        /** The sender's own clock, which an RTCP sender report tells (RFC 3550, 6.4.1). It may be wrong. */
        SENDER_REPORT,
        /** This machine's clock when the picture's data came in. */
        ARRIVAL
    }
}
