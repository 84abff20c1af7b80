package io.unmask.detector.evaluate;

/** Not one labelled face got a score; the message is one line for the user. */
public final class NothingJudgedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingJudgedException(String message) {
        super(message);
    }
}
