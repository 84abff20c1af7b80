package io.unmask.detector.serve;

/** The service refuses a request; the message says why and what to do instead. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        super(message);
    }
}
