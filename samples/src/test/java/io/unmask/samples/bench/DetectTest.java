package io.unmask.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DetectTest {
    @Test
    void shouldMeasureTheJvmThatTheScriptStarts() throws Exception {
        Path script = Path.of(System.getProperty("unmask.root"), "unmask");

        assertThat(Files.readString(script)).contains(Detect.OF_DETECT);
    }
}
