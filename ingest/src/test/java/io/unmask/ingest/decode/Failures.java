package io.unmask.ingest.decode;

/** Lets tests elsewhere in ingest make the failures that only a decoder can. */
public final class Failures {
    private Failures() {}

    public static SourceException fatal(String message) {
        return SourceException.fatal(message);
    }

    public static SourceException retriable(String message) {
        return SourceException.retriable(message);
    }
}
