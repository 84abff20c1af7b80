package io.unmask.detector.run;

/** A run cannot go on; the message is one line for the user. */
public abstract sealed class RunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private RunException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What was asked for cannot be done as it was asked: a setting or an option must change. */
    public static final class Refused extends RunException {
        private static final long serialVersionUID = 1L;

        public Refused(String message) {
            this(message, null);
        }

        Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Something failed that no setting or option is wrong about. */
    public static final class Failed extends RunException {
        private static final long serialVersionUID = 1L;

        Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
