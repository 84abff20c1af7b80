package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ResultStreamTest {
    private static final byte[] LINE = "{}\n".getBytes(StandardCharsets.UTF_8);

    @Test
    void shouldSayWhyResultsAreLost() throws IOException {
        try (ResultStream results = new ResultStream(new FileOutputStream("/dev/full"))) {
            assertThat(results.lost()).isEmpty();
            assertThatThrownBy(() -> results.write(LINE, 0, LINE.length)).isInstanceOf(IOException.class);
            assertThat(results.lost()).contains("No space left on device");
        }
    }

    @Test
    void shouldLoseNothingByAReaderWhoGoes() throws Exception {
        try (ResultStream results = new ResultStream(new Gone())) {
            assertThatThrownBy(() -> results.write(LINE, 0, LINE.length)).hasMessage("Broken pipe");
            assertThat(results.lost()).isEmpty();
        }
        var all = new ByteArrayOutputStream();
        try (ResultStream results = new ResultStream(all)) {
            results.write(LINE, 0, LINE.length);
            assertThat(results.lost()).isEmpty();
        }
        assertThat(all.toByteArray()).isEqualTo(LINE);
    }

    /** As a pipe whose reader has gone. */
    private static final class Gone extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            throw new IOException("Broken pipe");
        }
    }
}
