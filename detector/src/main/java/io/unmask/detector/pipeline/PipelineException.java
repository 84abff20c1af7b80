package io.unmask.detector.pipeline;

/** Work stopped, with one line for the user that names the source. */
public final class PipelineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private PipelineException(String message, Throwable cause) {
        super(message, cause);
    }

    static PipelineException at(String sources, Throwable cause) {
        String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new PipelineException(sources + ": " + why, cause);
    }
}
