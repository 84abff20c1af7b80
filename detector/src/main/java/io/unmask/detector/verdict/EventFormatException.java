package io.unmask.detector.verdict;

/** An event is not what its type promises; the message is one line for the user. */
public final class EventFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EventFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
