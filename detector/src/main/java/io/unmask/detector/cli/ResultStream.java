package io.unmask.detector.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Standard output that keeps why it could not be written. A print stream says only that it failed. */
final class ResultStream extends OutputStream {
    /** The bits of {@code st_mode} that hold a file's type. */
    private static final int TYPE_MASK = 0xF000;

    private static final int PIPE = 0x1000;
    private static final int SOCKET = 0xC000;

    private final OutputStream out;
    private final boolean hasReader;
    private volatile Optional<IOException> failure = Optional.empty();

    /** @param hasReader whether a program reads at the other end */
    ResultStream(OutputStream out, boolean hasReader) {
        this.out = out;
        this.hasReader = hasReader;
    }

    static ResultStream ofProcess() {
        return new ResultStream(new FileOutputStream(FileDescriptor.out), hasReader(Path.of("/dev/fd/1")));
    }

    /**
     * Whether a file is a pipe or a socket. When a write to one fails, its reader has ended. The system's message for that
     * cannot be compared, as it may be in the user's language.
     */
    static boolean hasReader(Path file) {
        try {
            int type = (int) Files.getAttribute(file, "unix:mode") & TYPE_MASK;
            return type == PIPE || type == SOCKET;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            out.write(bytes, from, count);
        } catch (IOException e) {
            failure = failure.or(() -> Optional.of(e));
            throw e;
        }
    }

    /** Why results are lost; empty when all were written, and when their reader ended first, as {@code | head} does. */
    Optional<String> lost() {
        return failure.map(IOException::getMessage).filter(why -> !isReaderGone(why));
    }

    /** A write to a pipe also fails when the pipe does not block and is full. On some systems the type is unknown. */
    private boolean isReaderGone(String why) {
        return why.equals("Broken pipe") || (hasReader && !why.equals("Resource temporarily unavailable"));
    }
}
