package io.unmask.ingest.decode;

/** A source cannot be read (on). The message is one line for the user: what, where, what to do; without secrets. */
public final class SourceException extends Exception {
    private final boolean retriable;

    private SourceException(String message, boolean retriable) {
        super(message);
        this.retriable = retriable;
    }

    /** Opening the same source again cannot help. */
    static SourceException fatal(String message) {
        return new SourceException(message, false);
    }

    /** A live source fell silent or away; it may be there again later. */
    static SourceException retriable(String message) {
        return new SourceException(message, true);
    }

    /** Whether opening the source again may help. */
    public boolean retriable() {
        return retriable;
    }
}
