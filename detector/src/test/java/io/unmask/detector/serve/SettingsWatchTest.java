package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.config.SourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsWatchTest {
    @TempDir
    Path folder;

    private final List<String> notes = new ArrayList<>();
    private final List<List<SourceSpec>> applied = new ArrayList<>();
    private Path file;
    private SettingsWatch watch;

    @BeforeEach
    void writeSettings() throws IOException {
        file = folder.resolve("unmask.yaml");
        edit("sources: [{id: a, uri: a.mp4}]");
        watch = new SettingsWatch(Optional.of(file), this::load, load(), applied::add, notes::add);
    }

    @Test
    void shouldTakeUpAnEdit() throws IOException {
        watch.look();
        assertThat(applied).isEmpty();

        edit("sources: [{id: a, uri: a.mp4}, {id: b, uri: b.mp4}]");
        watch.look();
        watch.look();
        watch.look();

        assertThat(applied).singleElement().satisfies(specs -> assertThat(specs).hasSize(2));
        assertThat(notes).containsExactly(file + ": taken up, 2 sources");
    }

    @Test
    void shouldRefuseAnInvalidEditWithEveryProblem() throws IOException {
        edit("sources: [{id: A, uri: a.mp4}, {id: b}]");
        watch.look();
        watch.look();

        assertThat(applied).isEmpty();
        assertThat(notes).singleElement().satisfies(note -> assertThat(note)
                .contains("refused", "sources[0].id = A", "sources[1].uri"));
    }

    @Test
    void shouldSayThatOtherSettingsWaitForARestart() throws IOException {
        watch.look();
        edit("sources: [{id: a, uri: a.mp4}]\nclip: {hop: 4}");
        watch.look();
        watch.look();

        assertThat(notes).last().asString().contains("take effect after a restart");
    }

    /** Some editors empty a file before they write it. */
    @Test
    void shouldNotTakeUpAFileThatIsStillBeingWritten() throws IOException {
        watch.look();
        edit("");
        watch.look();
        edit("sources: [{id: a, uri: a.mp4}, {id: b, uri: b.mp4}]");
        watch.look();
        assertThat(applied).isEmpty();

        watch.look();
        assertThat(applied).singleElement().satisfies(specs -> assertThat(specs).hasSize(2));
    }

    @Test
    void shouldTakeUpAnEditThatWasMadeBetweenTheStartAndTheFirstLook() throws IOException {
        Settings before = load();
        edit("sources: []");
        watch = new SettingsWatch(Optional.of(file), this::load, before, applied::add, notes::add);
        watch.look();
        watch.look();

        assertThat(applied).containsExactly(List.of());
    }

    @Test
    void shouldNotTakeAMissingFileForAnEdit() throws IOException {
        Files.delete(file);
        watch.look();
        watch.look();

        assertThat(applied).isEmpty();
        assertThat(notes).isEmpty();
    }

    private void edit(String text) throws IOException {
        Files.writeString(file, text);
    }

    private Settings load() {
        return SettingsLoader.ofService()
                .load(new SettingsSources(
                        Optional.of(file), Map.of(), Map.of("user.home", folder.toString()), Map.of()))
                .settings();
    }
}
