package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.verdict.Verdict.Kind;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictIdsTest {
    private static final Verdict.Stream STREAM = new Verdict.Stream("a", "s", "file:a.mp4");
    private static final Settings SETTINGS = TestSettings.threshold(0.7);

    private final VerdictIds ids = new VerdictIds("model", SETTINGS);

    @Test
    void shouldGiveTheSameIdForTheSameSpan() {
        String id = ids.verdict(STREAM, Kind.CLIP, 1, 1);
        assertThat(id).matches("[0-9a-f]{32}");
        Verdict.Stream moved = new Verdict.Stream("a", "s", "file:elsewhere/a.mp4");
        assertThat(new VerdictIds("model", SETTINGS).verdict(moved, Kind.CLIP, 1, 1))
                .isEqualTo(id);
    }

    @Test
    void shouldGiveAnotherIdWhenAnythingThatMattersDiffers() {
        Set<String> different = Set.of(
                ids.verdict(STREAM, Kind.CLIP, 1, 1),
                ids.verdict(STREAM, Kind.TRACK, 1, 1),
                ids.verdict(STREAM, Kind.CLIP, 2, 1),
                ids.verdict(STREAM, Kind.CLIP, 1, 2),
                ids.verdict(new Verdict.Stream("b", "s", ""), Kind.CLIP, 1, 1),
                ids.verdict(new Verdict.Stream("a", "t", ""), Kind.CLIP, 1, 1),
                ids.verdict(new Verdict.Stream("as", "", ""), Kind.CLIP, 1, 1),
                ids.state(STREAM, StreamState.State.ENDED, 1),
                new VerdictIds("other", SETTINGS).verdict(STREAM, Kind.CLIP, 1, 1),
                new VerdictIds("model", TestSettings.threshold(0.8)).verdict(STREAM, Kind.CLIP, 1, 1));
        assertThat(different).hasSize(10);
    }

    @Test
    void shouldNotDependOnWhereVerdictsAreKept() {
        String here = new VerdictIds("model", TestSettings.in(Path.of("here"))).verdict(STREAM, Kind.CLIP, 1, 1);
        String there = new VerdictIds("model", TestSettings.in(Path.of("there"))).verdict(STREAM, Kind.CLIP, 1, 1);
        assertThat(here).isEqualTo(there);
    }
}
