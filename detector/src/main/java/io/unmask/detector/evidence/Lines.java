package io.unmask.detector.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The lines of a file, one after the other, so that a file of any size can be read. Not thread-safe. */
final class Lines {
    /** No entry of a chain comes near it. The rest of a longer line is left out, so that it cannot be read as an entry. */
    private static final int LONGEST = 64 << 20;

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
        boolean some = false;
        while (from < to || fill()) {
            some = true;
            int end = from;
            while (end < to && buffer[end] != '\n') {
                end++;
            }
            line.write(buffer, from, Math.min(end - from, LONGEST - line.size()));
            boolean whole = end < to;
            int next = whole ? end + 1 : end;
            position += next - from;
            from = next;
            if (whole) {
                break;
            }
        }
        return some ? Optional.of(line.toByteArray()) : Optional.empty();
    }

    /** How many bytes the lines took that were read. */
    long position() {
        return position;
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(buffer));
        return to > 0;
    }
}
