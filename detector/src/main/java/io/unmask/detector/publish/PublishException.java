package io.unmask.detector.publish;

/** Kafka does not take events; the message is one line for the user. They stay in the outbox. */
public abstract sealed class PublishException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private PublishException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The broker does not answer; it is tried again. */
    public static final class Unavailable extends PublishException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The broker does not take one event, for what it is: others may pass. */
    public static final class Undeliverable extends PublishException {
        private static final long serialVersionUID = 1L;

        Undeliverable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The broker refuses, or a setting is wrong: trying again does not help. */
    public static final class Refused extends PublishException {
        private static final long serialVersionUID = 1L;

        Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
