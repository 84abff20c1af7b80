package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.StreamState.State;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.ingest.clip.Coverage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ServiceMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ServiceMeters meters = new ServiceMeters(registry);

    @Test
    void shouldCountEachFrameOnceWhenFilesOfAFolderAreReadAtTheSameTime() {
        Verdict.Stream a = new Verdict.Stream("a", "1", "file:/a.mp4");
        Verdict.Stream b = new Verdict.Stream("b", "1", "file:/b.mp4");

        for (long frames = 10; frames <= 30; frames += 10) {
            tell(a, State.STARTED, frames);
            tell(b, State.STARTED, frames);
        }
        tell(a, State.ENDED, 30);
        tell(b, State.ENDED, 30);

        assertThat(decoded()).isEqualTo(60);
    }

    @Test
    void shouldCountASessionAnewThatIsReadAgain() {
        Verdict.Stream a = new Verdict.Stream("a", "1", "file:/a.mp4");
        tell(a, State.ENDED, 30);
        tell(a, State.STARTED, 10);
        tell(a, State.ENDED, 30);

        assertThat(decoded()).isEqualTo(60);
    }

    @Test
    void shouldShowNothingOfASourceThatIsGone() {
        meters.announced("folder", new Outcome.Judged(Verdicts.fake("a", 1)));
        meters.announced("door", new Outcome.Judged(Verdicts.fake("door", 1)));

        meters.forget("folder");

        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getTag("source"))
                .containsOnly("door");
    }

    @Test
    void shouldSayHowMuchWaitsOfASource() {
        SourceStatus folder = new SourceStatus(
                "folder", "/videos", false, true, SourceState.RUNNING, Instant.EPOCH, "", 0, OptionalLong.empty());

        meters.refresh(List.of(folder), Map.of("folder", 7));

        assertThat(registry.get("unmask.source.queue.depth")
                        .tag("source", "folder")
                        .gauge()
                        .value())
                .isEqualTo(7);
    }

    private double decoded() {
        return registry.get("unmask.source.frames")
                .tags("source", "folder", "became", "decoded")
                .counter()
                .count();
    }

    private void tell(Verdict.Stream stream, State state, long frames) {
        meters.announced(
                "folder",
                new Outcome.Changed(new StreamState(
                        "id", stream, 1, state, "", 0, Instant.EPOCH, new Coverage(frames, 0, 0, 0, 0, 0))));
    }
}
