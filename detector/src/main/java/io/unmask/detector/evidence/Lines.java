package io.unmask.detector.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads a file of any size line by line. Not thread-safe. */
final class Lines {
    /** A longer line is cut off here. No entry of a chain is nearly as long, so what is left of it cannot be parsed as one. */
    private static final int MAX_LINE_BYTES = 64 << 20;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int from;
    private int to;
    private long position;

    /** @param in stays the caller's */
    Lines(InputStream in) {
        this.in = in;
    }

    /** The next line without its line feed, which the last one need not have; empty at the end. */
    Optional<byte[]> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean isAny = false;
        while (from < to || fill()) {
            isAny = true;
            int end = from;
            while (end < to && buffer[end] != '\n') {
                end++;
            }
            line.write(buffer, from, Math.min(end - from, MAX_LINE_BYTES - line.size()));
            boolean isComplete = end < to;
            int next = isComplete ? end + 1 : end;
            position += next - from;
            from = next;
            if (isComplete) {
                break;
            }
        }
        return isAny ? Optional.of(line.toByteArray()) : Optional.empty();
    }

    /** How many bytes were read so far as lines, line feeds included. */
    long position() {
        return position;
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(buffer));
        return to > 0;
    }
}
