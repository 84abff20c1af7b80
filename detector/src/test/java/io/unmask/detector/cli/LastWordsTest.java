package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LastWordsTest {

    @Test
    void shouldEndTheProcessWhenAnErrorEndsAnyThread() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingProcess.class.getName())
                .start();

        String told = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(ExitCode.FAILURE);
        assertThat(told)
                .startsWith(
                        "unmask: internal error in thread unmask-relay: java.lang.OutOfMemoryError: Java heap space");
    }
}
