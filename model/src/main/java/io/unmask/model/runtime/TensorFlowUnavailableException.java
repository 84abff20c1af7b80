package io.unmask.model.runtime;

/** TensorFlow's native library cannot be loaded here; the message is one line for the user. */
public final class TensorFlowUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TensorFlowUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
