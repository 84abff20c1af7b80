package io.unmask.detector.federate;

/** A federation cannot go on; the message is one line for the user. */
public abstract sealed class FederationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private FederationException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Kafka does not answer: the work is taken up again when it does. */
    static final class Unavailable extends FederationException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Trying again does not help. */
    public static final class Refused extends FederationException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            this(message, null);
        }

        Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
