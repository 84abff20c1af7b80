package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.SourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceAddressTest {
    @TempDir
    Path folder;

    @Test
    void shouldTakeThePasswordFromTheEnvironmentAndEncodeIt() {
        SourceSpec spec = spec(Optional.of("DOOR"), Optional.empty());

        assertThat(SourceAddress.of(spec, Map.of("DOOR", "p@ss/w:rd")).location())
                .isEqualTo("rtsp://admin:p%40ss%2Fw%3Ard@camera.example/door");
        assertThat(SourceAddress.of(spec, Map.of("DOOR", "p@ss")).redacted()).isEqualTo("rtsp://camera.example/door");
    }

    @Test
    void shouldTakeThePasswordFromTheFirstLineOfAFile() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "hunter2\n");

        assertThat(SourceAddress.of(spec(Optional.empty(), Optional.of(secret)), Map.of())
                        .location())
                .isEqualTo("rtsp://admin:hunter2@camera.example/door");
    }

    @Test
    void shouldSayWhichSecretIsMissing() {
        assertThatThrownBy(() -> SourceAddress.of(spec(Optional.of("DOOR"), Optional.empty()), Map.of()))
                .isInstanceOf(RefusedException.class)
                .hasMessage("source door: password-env = DOOR: the environment has no such variable; set it where the"
                        + " service is started");
        assertThatThrownBy(
                        () -> SourceAddress.of(spec(Optional.empty(), Optional.of(folder.resolve("none"))), Map.of()))
                .hasMessageContaining("password-file = " + folder.resolve("none") + " cannot be read");
    }

    private static SourceSpec spec(Optional<String> env, Optional<Path> file) {
        return new SourceSpec(
                "door", "rtsp://camera.example/door", Optional.of("admin"), env, file, Optional.empty(), Map.of());
    }
}
