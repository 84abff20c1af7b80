package io.unmask.detector.federate;

import io.unmask.config.Sha256;

/**
 * A vector that goes through Kafka in several records.
 *
 * @param digest SHA-256 of all bytes together
 * @param bytes their number
 * @param chunks the number of records
 */
public record Transfer(String digest, long bytes, int chunks) {
    /** With headers, a record stays below Kafka's default limit of a mebibyte. */
    static final int CHUNK_BYTES = 900_000;

    static Transfer of(byte[] bytes) {
        return new Transfer(Sha256.of(bytes), bytes.length, (bytes.length + CHUNK_BYTES - 1) / CHUNK_BYTES);
    }
}
