package io.unmask.detector.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Standard output, which remembers why it could not be written: a print stream only says that something failed. */
final class ResultStream extends OutputStream {
    private final OutputStream out;
    private volatile Optional<IOException> failure = Optional.empty();

    ResultStream(OutputStream out) {
        this.out = out;
    }

    static ResultStream ofProcess() {
        return new ResultStream(new FileOutputStream(FileDescriptor.out));
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
        return failure.map(IOException::getMessage).filter(why -> !why.contains("Broken pipe"));
    }
}
