package io.unmask.ingest.decode;

import java.io.IOException;

/**
 * What an address leads to cannot be read, and asking again does not mend it. Java's client throws plain
 * {@link IOException}s of its own for what may pass, such as a connection that the server drops.
 */
final class LastingHttpException extends IOException {
    LastingHttpException(String message) {
        super(message);
    }

    LastingHttpException(String message, Throwable cause) {
        super(message, cause);
    }
}
