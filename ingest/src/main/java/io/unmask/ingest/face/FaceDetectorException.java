package io.unmask.ingest.face;

/** A face detector cannot be opened or fails on a picture; the message is one line that says what to do. */
public final class FaceDetectorException extends RuntimeException {
    FaceDetectorException(String message) {
        super(message);
    }

    FaceDetectorException(String message, Throwable cause) {
        super(message, cause);
    }
}
