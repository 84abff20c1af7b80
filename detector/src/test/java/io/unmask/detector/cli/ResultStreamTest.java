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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultStreamTest {
    private static final byte[] LINE = "{}\n".getBytes(StandardCharsets.UTF_8);

    @Test
    void shouldSayWhyResultsAreLost() throws IOException {
        try (ResultStream results = new ResultStream(new FileOutputStream("/dev/full"), false)) {
            assertThat(results.lost()).isEmpty();
            assertThatThrownBy(() -> results.write(LINE, 0, LINE.length)).isInstanceOf(IOException.class);
            assertThat(results.lost()).contains("No space left on device");
        }
    }

    @Test
    void shouldLoseNothingByAReaderWhoGoes() throws Exception {
        try (ResultStream results = new ResultStream(new Gone(), true)) {
            assertThatThrownBy(() -> results.write(LINE, 0, LINE.length)).hasMessage(Gone.IN_GERMAN);
            assertThat(results.lost()).isEmpty();
        }
        var all = new ByteArrayOutputStream();
        try (ResultStream results = new ResultStream(all, false)) {
            results.write(LINE, 0, LINE.length);
            assertThat(results.lost()).isEmpty();
        }
        assertThat(all.toByteArray()).isEqualTo(LINE);
    }

    @Test
    void shouldKnowAPipe(@TempDir Path folder) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertThat(ResultStream.isRead(pipe)).isTrue();
        assertThat(ResultStream.isRead(Files.createFile(folder.resolve("file"))))
                .isFalse();
        assertThat(ResultStream.isRead(Path.of("/dev/full"))).isFalse();
        assertThat(ResultStream.isRead(folder.resolve("absent"))).isFalse();
    }

    /** As a pipe whose reader has gone. */
    private static final class Gone extends OutputStream {
        private static final String IN_GERMAN = "Datenübergabe unterbrochen (broken pipe)";

        @Override
        public void write(int one) throws IOException {
            throw new IOException(IN_GERMAN);
        }
    }
}
