package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.RgbFrame;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A display of X11, as calls are shown on it. */
@Timeout(60)
class ScreenSourceTest {
    private static final Path XVFB = Path.of("/usr/bin/Xvfb");
    private static final Settings.Source SETTINGS =
            new Settings.Source(8, 1, 3_000, 0, 7680L * 4320, 200_000, 0, false, 0, false);

    @Test
    void shouldShowADisplay() throws Exception {
        assumeTrue(Files.isExecutable(XVFB), XVFB + " is not there: apt-get install xvfb");
        Process display = new ProcessBuilder(
                        XVFB.toString(), "-displayfd", "1", "-screen", "0", "320x240x24", "-nolisten", "tcp")
                .start();
        try (BufferedReader said =
                        new BufferedReader(new InputStreamReader(display.getInputStream(), StandardCharsets.UTF_8));
                FrameSource source = FrameSources.open(
                        SourceUri.parse("screen::" + said.readLine().strip()), SETTINGS)) {
            RgbFrame picture = source.next().orElseThrow().picture().copy();
            assertThat(picture.width()).isEqualTo(320);
            assertThat(picture.height()).isEqualTo(240);
        } finally {
            display.destroyForcibly();
        }
    }

    @Test
    void shouldSayThatThereIsNoSuchDisplay() throws Exception {
        SourceUri none = SourceUri.parse("screen::9999");
        assertThatThrownBy(() -> FrameSources.open(none, SETTINGS).close())
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith("source screen::9999: ");
    }
}
