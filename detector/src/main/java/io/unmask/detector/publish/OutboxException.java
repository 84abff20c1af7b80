package io.unmask.detector.publish;

/** The outbox cannot be used; the message is one line for the user. What was committed stays. */
public class OutboxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutboxException(String message) {
        super(message);
    }

    OutboxException(String message, Throwable cause) {
        super(message, cause);
    }
}
