package io.unmask.detector.publish;

/** Undelivered events take all the disk that {@code outbox.max-megabytes} allows: deliver some, then append again. */
public final class OutboxFullException extends OutboxException {
    private static final long serialVersionUID = 1L;

    OutboxFullException(String message) {
        super(message);
    }
}
