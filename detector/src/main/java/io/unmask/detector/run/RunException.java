package io.unmask.detector.run;

/** A run cannot go on; the message is one line for the user. */
public abstract sealed class RunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private RunException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A setting or an option must change before this can be done. */
    public static final class Refused extends RunException {
        private static final long serialVersionUID = 1L;

        public Refused(String message) {
            this(message, null);
        }

        Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Something failed for another reason than a setting or an option. */
    public static final class Failed extends RunException {
        private static final long serialVersionUID = 1L;

        Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
