package io.unmask.detector.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SourceJobsTest {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private final SourceUri file = new SourceUri(SourceUri.Kind.FILE, "/video.mp4");
    private final SourceUri camera = new SourceUri(SourceUri.Kind.RTSP, "rtsp://camera/door");

    @Test
    void shouldGiveEachOfSeveralFilesAShareOfTheCores() throws Exception {
        assertThat(threads(file, 0, 2 * CORES)).isEqualTo(1);
        assertThat(threads(file, 0, CORES)).isEqualTo(1);
    }

    @Test
    void shouldLeaveOneFileAndLiveSourcesToTheDecoder() throws Exception {
        assertThat(threads(file, 0, 1)).isZero();
        assertThat(threads(camera, 0, 8)).isZero();
    }

    @Test
    void shouldTakeTheUsersNumber() throws Exception {
        assertThat(threads(file, 3, 8)).isEqualTo(3);
    }

    private static int threads(SourceUri source, int set, int atOnce) throws Exception {
        Settings settings = SettingsLoader.ofService()
                .load(new SettingsSources(
                        Optional.empty(),
                        Map.of(),
                        Map.of("user.home", "/home/nobody"),
                        Map.of("source.decoder-threads", Integer.toString(set))))
                .settings();
        return new SourceJobs(settings, new CropSpec(128, 1), atOnce, Clock.systemUTC())
                .reading(source)
                .source()
                .decoderThreads();
    }
}
