package io.unmask.model.train;

import java.io.IOException;
import java.nio.file.Path;

/** Training cannot go on; the message is one line for the user. */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TrainingException(String message) {
        super(message);
    }

    public TrainingException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A log of the run cannot be written. */
    static TrainingException ofUnwritten(Path log, IOException cause) {
        return new TrainingException(
                log + ": cannot be written: " + cause.getMessage()
                        + "; make room and start again, with --resume if there is a checkpoint",
                cause);
    }
}
