package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.SourceSpec;
import io.unmask.detector.TestSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceSetTest {
    @TempDir
    Path folder;

    private final List<String> log = new ArrayList<>();

    @Test
    void shouldStartEndAndLeaveAloneWhatAnEditOfTheFileSays() {
        SourceSet set = set();
        set.apply(List.of(Specs.of("a", "rtsp://h/a"), Specs.of("b", "rtsp://h/b")));
        log.clear();

        set.apply(List.of(Specs.of("b", "rtsp://h/b"), Specs.of("c", "rtsp://h/c")));

        assertThat(log).containsExactly("stop a", "start c");
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
        SourceSet again = set();
        log.clear();

        again.apply(List.of(Specs.of("a", "rtsp://h/a")));
        again.restore();

        assertThat(log).containsExactly("start a", "start door");
        assertThat(again.list().toString()).doesNotContain("secret");
        assertThat(folder.resolve("sources.json").toFile().canRead()).isTrue();
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

    private SourceSet set() {
        return new SourceSet(
                spec -> new Recorded(spec.id(), SourceAddress.of(spec, Map.of()).redacted()),
                TestSettings.in(folder),
                new SavedSources(folder.resolve("sources.json")),
                new Feed(),
                Clock.systemUTC());
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
        public SourceState state() {
            return SourceState.RUNNING;
        }

        @Override
        public SourceStatus status(String name, boolean fromFile) {
            return new StatusLine(Clock.systemUTC(), uri, true).status(name, fromFile, OptionalLong.empty());
        }

        @Override
        public Optional<Preview> preview() {
            return Optional.empty();
        }
    }
}
