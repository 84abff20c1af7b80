package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program {@code ffmpeg}, for files that JavaCV's recorder cannot make; a test is skipped where it is missing. */
final class FfmpegTool {
    private FfmpegTool() {}

    /** Runs it with the words of a command line and returns the file that it wrote. */
    static Path make(Path file, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-y"));
        for (String part : words) {
            command.addAll(List.of(part.split(" ")));
        }
        command.add(file.toString());
        Process process = start(command);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return file;
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "skipped: needs the program ffmpeg (" + e.getMessage() + ")");
            throw new AssertionError(e);
        }
    }
}
