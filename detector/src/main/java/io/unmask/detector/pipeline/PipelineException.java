package io.unmask.detector.pipeline;

/** Work stopped, with one line for the user that names the source. */
public final class PipelineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private PipelineException(String message, Throwable cause) {
        super(message, cause);
    }

    static PipelineException at(String sources, Throwable cause) {
        Throwable first = cause instanceof LinkageError ? root(cause) : cause;
        String why = first.getMessage() == null ? first.toString() : first.getMessage();
        return new PipelineException(sources + ": " + why, cause);
    }

    /** Of a class that cannot be initialised again, what went wrong the first time. */
    private static Throwable root(Throwable cause) {
        return cause.getCause() == null ? cause : root(cause.getCause());
    }
}
