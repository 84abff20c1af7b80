package io.unmask.detector.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Standard output, which remembers why it could not be written: a print stream only says that something failed. */
final class ResultStream extends OutputStream {
    /** {@code st_mode}'s type of a file, and of them those that have a reader. */
    private static final int TYPE = 0xF000;

    private static final int PIPE = 0x1000;
    private static final int SOCKET = 0xC000;

    private final OutputStream out;
    private final boolean read;
    private volatile Optional<IOException> failure = Optional.empty();

    /** @param read whether somebody reads at the other end */
    ResultStream(OutputStream out, boolean read) {
        this.out = out;
        this.read = read;
    }

    static ResultStream ofProcess() {
        return new ResultStream(new FileOutputStream(FileDescriptor.out), isRead(Path.of("/dev/fd/1")));
    }

    /** By what it is: the words in which a write fails may be in the user's language. */
    static boolean isRead(Path file) {
        try {
            int type = (int) Files.getAttribute(file, "unix:mode") & TYPE;
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

    /** Why results are lost; empty when all were written, and when it was the reader who went, as {@code | head} does. */
    Optional<String> lost() {
        return failure.map(IOException::getMessage).filter(why -> !readerWent(why));
    }

    /** A pipe that does not block fails for being full, too. Not every system says what is a pipe. */
    private boolean readerWent(String why) {
        return why.equals("Broken pipe") || (read && !why.equals("Resource temporarily unavailable"));
    }
}
