package io.unmask.detector.serve;

import java.util.Optional;

/** A source of the running set. Thread-safe. */
interface ManagedSource {

    /** Called once. */
    void start();

    /** Ends the source soon, for good. Everything read until then is judged. */
    void stop();

    /** Called by the timer, several times a second. */
    void tick(long nowNanos);

    SourceStatus status(String id, boolean fromFile);

    Optional<Preview> preview();
}
