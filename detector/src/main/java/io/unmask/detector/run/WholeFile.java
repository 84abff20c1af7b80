package io.unmask.detector.run;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes a file under a temporary name beside it and then renames it, so that nobody reads half a file. */
public final class WholeFile {
    private WholeFile() {}

    /** Writes what the file is to hold. */
    public interface Content {
        void write(OutputStream out) throws IOException;
    }

    /** Writes the text that the file is to hold. */
    public interface Text {
        void write(Writer out) throws IOException;
    }

    /** Writes text in UTF-8, as {@link #write} does. */
    public static void writeText(Path file, Text content, CopyOption... move) throws IOException {
        write(
                file,
                out -> {
                    Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
                    content.write(text);
                    text.flush();
                },
                move);
    }

    /** @param move options of {@link Files#move}: without one that says so, an existing file is not replaced */
    public static void write(Path file, Content content, CopyOption... move) throws IOException {
        // Files.createTempFile would make a file that only its owner can read. CREATE_NEW follows no link that
        // somebody else has put there.
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
