package io.unmask.model.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.ingest.face.CropSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaceCacheTest {
    private static final Path VIDEO = Path.of(System.getProperty("unmask.root"), "samples/clips/authentic-1.mp4");

    @TempDir
    Path folder;

    @Test
    void shouldCutOnceAndRebuildWhatIsNotWhole() throws Exception {
        var settings = SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), Map.of()))
                .settings();
        var cache = new FaceCache(folder.resolve("cache"), settings, new CropSpec(64, 1), 1);
        byte[] first = cache.tracks(VIDEO).get(0).read(3).rgb();
        Path crops = only(".crops");
        var cut = Files.getLastModifiedTime(crops);

        assertThat(cache.tracks(VIDEO).get(0).read(3).rgb()).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(crops)).as("not cut again").isEqualTo(cut);

        try (var file = FileChannel.open(crops, StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 100);
        }
        assertThat(cache.tracks(VIDEO).get(0).read(3).rgb()).isEqualTo(first);

        Files.writeString(only(".tracks"), "no number\n");
        assertThat(cache.tracks(VIDEO).get(0).read(3).rgb()).isEqualTo(first);
    }

    private Path only(String ending) throws IOException {
        try (var files = Files.list(folder.resolve("cache"))) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(ending)).toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }
}
