package io.unmask.detector.run;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes a file beside its place and moves it there, so that nobody meets half of it. */
public final class WholeFile {
    private WholeFile() {}

    /** What a file is to hold. */
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /** @param move how it is moved: nothing is replaced unless this says so */
    public static void write(Path file, Content content, CopyOption... move) throws IOException {
        // Not a temporary file, which only its owner could read; new, so that no link of others is written through.
        Path part = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            try (OutputStream out =
                    Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.write(out);
            }
            Files.move(part, file, move);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
