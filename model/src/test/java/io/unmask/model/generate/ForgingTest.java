package io.unmask.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.ForgeSettings;
import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.Manifest;
import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgingTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");
    private static final Forging.Progress SILENT = new Forging.Progress() {
        @Override
        public void skipped(String file) {}

        @Override
        public void learnt(String decoder, long step, long steps, double distance) {}

        @Override
        public void drawn(int faces, int of) {}
    };

    @TempDir
    Path folder;

    private Path decoder;

    @BeforeEach
    void write() throws IOException {
        decoder = SyntheticDecoder.write(folder);
        for (var video : List.of("authentic-1", "forged-1")) {
            Files.copy(CLIPS.resolve(video + ".mp4"), folder.resolve(video + ".mp4"));
        }
        Files.writeString(
                folder.resolve("manifest.csv"),
                """
                path,label,group,from,fold,split
                authentic-1.mp4,real,ann,street,3,validation
                forged-1.mp4,fake,ann,,3,validation
                """);
    }

    @Test
    void shouldWritePairsThatDifferInNothingButTheDecoder() throws Exception {
        assertThat(forge("forged", Map.of("mouth-share", "0", "head-share", "0")))
                .isEqualTo(2);

        var rows =
                Manifest.read(folder.resolve("forged"), List.of("real", "fake")).rows();
        assertThat(rows).hasSize(4);
        for (int pair = 0; pair < 2; pair++) {
            var real = rows.get(2 * pair);
            var fake = rows.get(2 * pair + 1);
            assertThat(List.of(real.label(), fake.label())).containsExactly("real", "fake");
            assertThat(fake.method()).isEqualTo("decoder:made");
            assertThat(List.of(real.group(), fake.group())).containsOnly("forged/" + pair);
            for (var row : List.of(real, fake)) {
                assertThat(row.origin()).isEqualTo("street");
                assertThat(row.fold()).isEqualTo("3");
                assertThat(row.split()).isEqualTo(Manifest.VALIDATION);
                assertThat(row.margin()).isEqualTo(1.25);
                assertThat(row.weight()).as("few faces count in full").isEqualTo(1);
            }
            RgbFrame authentic = Pictures.read(real.file());
            assertThat(authentic.width()).isBetween(96, 256).matches(side -> side % 8 == 0);
            try (var drawer = Decoder.open(decoder)) {
                assertThat(Pictures.read(fake.file()).rgb())
                        .as("what the decoder makes of the authentic picture")
                        .isEqualTo(drawer.draw(authentic).rgb());
            }
        }
    }

    @Test
    void shouldWriteAManifestThatTrainingReadsWhateverTheMachinesLocale() throws Exception {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            shouldWritePairsThatDifferInNothingButTheDecoder();
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void shouldMakeTheSamePairsOfTheSameSeed() throws Exception {
        forge("one", Map.of());
        forge("two", Map.of());
        forge("three", Map.of("seed", "8"));

        assertThat(picture("one")).isEqualTo(picture("two")).isNotEqualTo(picture("three"));
    }

    private byte[] picture(String out) throws IOException {
        return Files.readAllBytes(folder.resolve(out).resolve("made/00000.png"));
    }

    @Test
    void shouldLetADecoderCountForSoManyPersons() throws Exception {
        forge("forged", Map.of("persons", "1"));

        assertThat(Manifest.read(folder.resolve("forged"), List.of("real", "fake"))
                        .rows())
                .allSatisfy(row -> assertThat(row.weight()).isEqualTo(0.5));
    }

    @Test
    void shouldLearnADecoderThatOtherRunsDrawBy() throws Exception {
        forge("forged", Map.of("learn-steps", "3"), Design.of("shuffle-l1").orElseThrow());

        var rows =
                Manifest.read(folder.resolve("forged"), List.of("real", "fake")).rows();
        assertThat(rows)
                .extracting(Manifest.Row::method)
                .containsExactly("", "decoder:made", "decoder:shuffle-l1", "", "decoder:made", "decoder:shuffle-l1");
        assertThat(rows.subList(0, 3)).extracting(Manifest.Row::group).containsOnly("forged/0");
        try (var learnt = Decoder.open(folder.resolve("forged/shuffle-l1.safetensors"))) {
            assertThat(learnt.name()).isEqualTo("shuffle-l1");
        }
    }

    @Test
    void shouldRefuseTwoDecodersOfOneName() {
        var design = Design.of("shuffle-l1").orElseThrow();
        assertThatThrownBy(() -> forge("forged", Map.of(), design, design))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("are called shuffle-l1");
    }

    @Test
    void shouldLearnFromNoFaceThatIsKeptForATest() throws Exception {
        Path manifest = folder.resolve("manifest.csv");
        Files.writeString(manifest, Files.readString(manifest).replace("validation", "test"));
        var design = Design.of("shuffle-l1").orElseThrow();
        assertThatThrownBy(() -> forge("forged", Map.of("learn-steps", "1"), design))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("have the split test");
    }

    @Test
    void shouldWriteIntoNoFolderThatIsInUse() throws Exception {
        forge("forged", Map.of());

        assertThatThrownBy(() -> forge("forged", Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("manifest.csv: is there already; give another --out, or remove it");
    }

    private int forge(String out, Map<String, String> overrides, Design... learn)
            throws IOException, InterruptedException {
        Map<String, String> home = Map.of("user.home", folder.toString());
        ForgeSettings settings = ForgeSettings.loader()
                .load(new SettingsSources(Optional.empty(), Map.of(), home, overrides))
                .settings();
        Settings service = SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), home, Map.of()))
                .settings();
        var request = new Forging.Request(List.of(decoder), List.of(learn), List.of(folder), folder.resolve(out));
        return new Forging(
                        request, settings, new Forging.Context(service, folder.resolve("cache"), SILENT, () -> false))
                .run();
    }
}
