package io.unmask.detector.broker;

/** The embedded broker cannot be had; the message is one line for the user. */
public final class BrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokerException(String message) {
        super(message);
    }

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
