package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultStreamTest {
    private static final byte[] LINE = "{}\n".getBytes(StandardCharsets.UTF_8);

    @Test
    void shouldSayWhyResultsAreLost() throws IOException {
        try (var full = new FileOutputStream("/dev/full")) {
            assertThat(lost(full, false)).contains("No space left on device");
        }
    }

    @Test
    void shouldLoseNothingByAReaderWhoGoes() throws Exception {
        assertThat(lost(new Failing("Datenübergabe unterbrochen (broken pipe)"), true))
                .isEmpty();
        var all = new ByteArrayOutputStream();
        try (ResultStream results = new ResultStream(all, false)) {
            results.write(LINE, 0, LINE.length);
            assertThat(results.lost()).isEmpty();
        }
        assertThat(all.toByteArray()).isEqualTo(LINE);
    }

    @Test
    void shouldKnowThatTheReaderIsGoneWhereTheSystemDoesNotTellWhatIsAPipe() {
        assertThat(lost(new Failing("Broken pipe"), false)).isEmpty();
    }

    @Test
    void shouldSayThatAFullPipeLosesResults() {
        assertThat(lost(new Failing(Failing.FULL), true)).contains(Failing.FULL);
    }

    private static Optional<String> lost(OutputStream out, boolean read) {
        var results = new ResultStream(out, read);
        assertThatThrownBy(() -> results.write(LINE, 0, LINE.length)).isInstanceOf(IOException.class);
        return results.lost();
    }

    @Test
    void shouldKnowAPipe(@TempDir Path folder) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThat(ResultStream.hasReader(pipe)).isTrue();
        assertThat(ResultStream.hasReader(Files.createFile(folder.resolve("file"))))
                .isFalse();
        assertThat(ResultStream.hasReader(Path.of("/dev/full"))).isFalse();
        assertThat(ResultStream.hasReader(folder.resolve("absent"))).isFalse();
    }

    /** Fails like a pipe that cannot be written. */
    private static final class Failing extends OutputStream {
        private static final String FULL = "Resource temporarily unavailable";

        private final String why;

        Failing(String why) {
            this.why = why;
        }

        @Override
        public void write(int one) throws IOException {
            throw new IOException(why);
        }
    }
}
