package io.unmask.detector.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.score.TinyModel;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelShelfTest {
    @TempDir
    Path folder;

    private Path first;
    private Path second;
    private Settings settings;
    private ModelShelf shelf;

    @BeforeEach
    void write() throws IOException {
        first = TinyModel.write(folder.resolve("first"));
        second = TinyModel.version(TinyModel.write(folder.resolve("second")), "2");
        settings = settings(Map.of());
        shelf = new ModelShelf(settings.dataDirectory());
    }

    @Test
    void shouldInstallTheModelBehindALinkWithoutItsTrainingFaces() throws IOException {
        Files.writeString(Files.createDirectories(second.resolve("cache/faces")).resolve("a.crops"), "a face");
        Files.writeString(second.resolve("weights.safetensors"), "weights");
        Path link = Files.createSymbolicLink(folder.resolve("link"), second);

        String id = shelf.install(link, settings).id();

        ModelDirectory installed = shelf.open(id);
        assertThat(installed.card().version()).isEqualTo("2");
        assertThat(names(installed.path()))
                .contains("model.json", "saved_model.pb", "weights.safetensors")
                .doesNotContain("cache");
        assertThat(names(installed.path().getParent())).containsExactlyInAnyOrder(id, "standing.json");
    }

    @Test
    void shouldReplaceADamagedModelAndRemoveTheLeftoversOfAKilledProcess() throws IOException {
        String id = shelf.install(second, settings).id();
        Path installed = shelf.open(id).path();
        Files.write(installed.resolve("saved_model.pb"), new byte[] {0}, StandardOpenOption.APPEND);
        Path old = Files.createDirectory(installed.resolveSibling("installing-1"));
        Files.writeString(old.resolve("model.json"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(100_000)));
        Path anothers = Files.createDirectory(installed.resolveSibling("installing-2"));

        shelf.install(second, settings);

        assertThat(shelf.open(id).card().version()).isEqualTo("2");
        assertThat(old).doesNotExist();
        assertThat(anothers).exists();
    }

    @Test
    void shouldRefuseToPromoteAModelThatAServiceCouldNotStartWith() throws IOException {
        shelf.install(second, settings);
        Settings pinned = settings(Map.of("model.digest", "0".repeat(64)));
        Settings faster = settings(Map.of("source.sample-fps", "4"));

        assertThatThrownBy(() -> shelf.promote(Optional.empty(), pinned))
                .isInstanceOf(RunException.Refused.class)
                .hasMessageContaining("another model than the one that was pinned");
        assertThatThrownBy(() -> shelf.promote(Optional.empty(), faster))
                .isInstanceOf(RunException.Refused.class)
                .hasMessageContaining("source.sample-fps = 4.0");
        assertThat(shelf.standing().serving()).isEqualTo(ModelShelf.CONFIGURED);

        String id = shelf.promote(Optional.empty(), settings).serving();
        ModelSpec longer = new ModelSpec("tiny-brightness-1", 32, 8, 4, 1.3, 8, List.of("real", "fake"));
        Path other = TinyModel.write(folder.resolve("longer"), longer, Optional.of(TinyModel.CALIBRATION));
        Settings longerClips = settings(Map.of("model.directory", other.toString(), "clip.frames", "8"));
        shelf.promote(Optional.of(ModelShelf.CONFIGURED), longerClips);

        assertThatThrownBy(() -> shelf.rollback(longerClips)).hasMessageContaining("clip.frames = 8");
        assertThat(shelf.standing())
                .isEqualTo(new ModelShelf.Standing(ModelShelf.CONFIGURED, Optional.of(id), Optional.empty()));
        ServingModel.open(longerClips, shelf, shelf.standing().serving(), Clock.systemUTC());
    }

    @Test
    void shouldRefuseToInstallAnotherModelThanThePinnedOne() throws IOException {
        Path darker = TinyModel.write(folder.resolve("darker"), List.of("dark", "bright", "grey"));
        Settings pinned = settings(
                Map.of("model.digest", ModelDirectory.open(first).card().digest()));

        assertThatThrownBy(() -> shelf.install(darker, pinned))
                .isInstanceOf(RunException.Refused.class)
                .hasMessageContaining("another model than the one that was pinned");
        assertThat(shelf.list()).isEmpty();
    }

    @Test
    void shouldEndTheShadowWhenTheSameModelServesAgain() {
        String id = shelf.install(second, settings).id();
        shelf.promote(Optional.empty(), settings);
        shelf.promote(Optional.of(ModelShelf.CONFIGURED), settings);
        shelf.install(second, settings);

        assertThat(shelf.rollback(settings))
                .isEqualTo(new ModelShelf.Standing(id, Optional.of(ModelShelf.CONFIGURED), Optional.empty()));
    }

    private static List<String> names(Path of) throws IOException {
        try (var entries = Files.list(of)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private Settings settings(Map<String, String> own) {
        Map<String, String> overrides = new HashMap<>(Map.of(
                "data-directory", folder.resolve("data").toString(),
                "model.directory", first.toString(),
                "clip.frames", "4",
                "clip.hop", "2",
                "clip.min-frames", "2"));
        overrides.putAll(own);
        return SettingsLoader.ofService()
                .load(new SettingsSources(
                        Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), overrides))
                .settings();
    }
}
