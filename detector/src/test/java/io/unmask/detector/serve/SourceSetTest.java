package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.SourceSpec;
import io.unmask.detector.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceSetTest {
    @TempDir
    Path folder;

    private final List<String> log = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> refused = new HashSet<>();

    @Test
    void shouldStartEndAndLeaveAloneWhatAnEditOfTheFileSays() {
        SourceSet set = set();
        set.apply(List.of(Specs.of("a", "rtsp://h/a"), Specs.of("b", "rtsp://h/b")));
        log.clear();

        set.apply(List.of(Specs.of("b", "rtsp://h/b"), Specs.of("c", "rtsp://h/c")));

        assertThat(log).containsExactly("stop a", "forget a", "start c");
        assertThat(set.list()).extracting(SourceStatus::id).containsExactly("b", "c");
    }

    @Test
    void shouldOpenASourceAnewWhoseEntryChanged() {
        SourceSet set = set();
        set.apply(List.of(Specs.of("a", "rtsp://h/a")));
        log.clear();

        set.apply(List.of(Specs.of("a", "rtsp://h/other")));

        assertThat(log).containsExactly("stop a", "start a");
    }

    @Test
    void shouldChangeNothingWhenOneSourceOfAnEditCannotBe() {
        SourceSet set = set();
        set.apply(List.of(Specs.of("a", "rtsp://h/a")));
        log.clear();

        assertThatThrownBy(() -> set.apply(List.of(Specs.of("b", "rtsp://h/b"), Specs.of("c", "gopher://h/c"))))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("unknown scheme gopher");
        assertThat(log).isEmpty();
        assertThat(set.list()).extracting(SourceStatus::id).containsExactly("a");
    }

    @Test
    void shouldKeepWhatWasAddedOverHttpAcrossARestartWithoutShowingIt() {
        set().put(Specs.of("door", "rtsp://u:secret@h/door"));
        SourceSet again = starting();
        log.clear();

        again.apply(List.of(Specs.of("a", "rtsp://h/a")));
        again.restore(notes::add);

        assertThat(log).containsExactly("start a", "start door");
        assertThat(again.list().toString()).doesNotContain("secret");
        assertThat(folder.resolve("saved/sources.json").toFile().canRead()).isTrue();
    }

    @Test
    void shouldRefuseToChangeOverHttpWhatStandsInTheFile() {
        SourceSet set = set();
        set.apply(List.of(Specs.of("a", "rtsp://h/a")));

        assertThatThrownBy(() -> set.put(Specs.of("a", "rtsp://h/b"))).hasMessageContaining("stands in the settings");
        assertThatThrownBy(() -> set.remove("a")).hasMessageContaining("stands in the settings");
    }

    @Test
    void shouldPauseAndResume() {
        SourceSet set = set();
        set.apply(List.of(Specs.of("a", "rtsp://u:secret@h/a")));

        assertThat(set.pause("a", true)).isTrue();
        assertThat(set.find("a")).map(SourceStatus::state).contains(SourceState.PAUSED);
        set.pause("a", true);
        set.pause("a", false);

        assertThat(log).containsExactly("start a", "stop a", "start a");
        assertThat(set.pause("nobody", true)).isFalse();
    }

    @Test
    void shouldRefuseASourcesOwnSettingThatIsWrong() {
        SourceSpec wrong = new SourceSpec(
                "a",
                "rtsp://h/a",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of("clip.hop", "99"));

        assertThatThrownBy(() -> set().put(wrong)).hasMessageContaining("clip.hop = 99 (source a)");
    }

    /** What was added before a restart would be gone from the file that remembers it. */
    @Test
    void shouldRefuseChangesUntilWhatWasAddedBeforeIsBack() {
        set().put(Specs.of("door", "rtsp://h/door"));
        SourceSet again = starting();

        assertThatThrownBy(() -> again.put(Specs.of("gate", "rtsp://h/gate")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("is starting");
        assertThatThrownBy(() -> again.remove("door")).hasMessageContaining("is starting");
        assertThatThrownBy(() -> again.pause("door", true)).hasMessageContaining("is starting");
        again.restore(notes::add);
        again.put(Specs.of("gate", "rtsp://h/gate"));

        SourceSet third = set();
        assertThat(third.list()).extracting(SourceStatus::id).containsExactly("door", "gate");
    }

    @Test
    void shouldChangeNothingThatCannotBeSaved() throws IOException {
        SourceSet set = set();
        set.put(Specs.of("a", "rtsp://h/a"));
        log.clear();
        Path file = folder.resolve("saved/sources.json");
        Files.delete(file);
        Files.createDirectories(file.resolve("in-the-way"));

        assertThatThrownBy(() -> set.put(Specs.of("b", "rtsp://h/b"))).hasMessageContaining("cannot be saved");
        assertThatThrownBy(() -> set.put(Specs.of("a", "rtsp://h/other"))).hasMessageContaining("cannot be saved");
        assertThatThrownBy(() -> set.remove("a")).hasMessageContaining("cannot be saved");
        assertThatThrownBy(() -> set.pause("a", true)).hasMessageContaining("cannot be saved");

        assertThat(log).isEmpty();
        assertThat(set.list())
                .singleElement()
                .returns("rtsp://h/a", SourceStatus::uri)
                .returns(SourceState.RUNNING, SourceStatus::state);
    }

    @Test
    void shouldStartWithoutASavedSourceThatCannotBeOpenedAndKeepItsPlace() {
        set().put(Specs.of("door", "rtsp://h/door"));
        set().put(Specs.of("gate", "rtsp://h/gate"));
        refused.add("door");
        SourceSet again = starting();

        again.restore(notes::add);

        assertThat(notes).singleElement().asString().contains("cannot be opened", "source door does not fit");
        assertThat(again.find("door")).hasValueSatisfying(door -> assertThat(door)
                .returns(SourceState.FAILED, SourceStatus::state)
                .returns("source door does not fit", SourceStatus::detail));
        assertThat(again.find("gate")).map(SourceStatus::state).contains(SourceState.RUNNING);
        assertThatThrownBy(() -> again.pause("door", false)).hasMessageContaining("does not fit");
        again.put(Specs.of("window", "rtsp://h/window"));
        refused.clear();
        assertThat(set().list()).extracting(SourceStatus::id).containsExactly("door", "gate", "window");
        assertThat(again.pause("door", false)).isTrue();
        assertThat(again.find("door")).map(SourceStatus::state).contains(SourceState.RUNNING);
    }

    private SourceSet set() {
        SourceSet set = starting();
        set.restore(notes::add);
        return set;
    }

    private SourceSet starting() {
        return new SourceSet(
                spec -> {
                    if (refused.contains(spec.id())) {
                        throw new RefusedException("source " + spec.id() + " does not fit");
                    }
                    return new Recorded(
                            spec.id(), SourceAddress.of(spec, Map.of()).redacted());
                },
                TestSettings.in(folder),
                new SavedSources(folder.resolve("saved/sources.json")),
                new Members(),
                Clock.systemUTC());
    }

    private final class Members implements SourceSet.Listener {
        @Override
        public void came(String id) {}

        @Override
        public void went(String id) {
            log.add("forget " + id);
        }
    }

    private final class Recorded implements ManagedSource {
        private final String id;
        private final String uri;

        Recorded(String id, String uri) {
            this.id = id;
            this.uri = uri;
        }

        @Override
        public void start() {
            log.add("start " + id);
        }

        @Override
        public void stop() {
            log.add("stop " + id);
        }

        @Override
        public void tick(long nowNanos) {}

        @Override
        public SourceStatus status(String name, boolean fromFile) {
            StatusLine status = new StatusLine(Clock.systemUTC(), uri, true);
            status.set(SourceState.RUNNING, "");
            return status.status(name, fromFile, OptionalLong.empty());
        }

        @Override
        public Optional<Preview> preview() {
            return Optional.empty();
        }
    }
}
