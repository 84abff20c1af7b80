package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.SourceSpec;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A camera whose password file is missing, in a pipeline that hands its events over. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class LiveSourceTest {
    @TempDir
    Path folder;

    private final BlockingQueue<IngestEvent> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Verdict.Stream> named = new LinkedBlockingQueue<>();

    @Test
    void shouldTellThatItIsStalledAndThenThatItWasStopped() throws Exception {
        Path password = Files.writeString(folder.resolve("password"), "secret");
        CountDownLatch end = new CountDownLatch(1);
        try (TestSourceContext context = new TestSourceContext(folder)) {
            Pipeline pipeline = context.context().pipeline();
            new Thread(() -> hear(pipeline)).start();
            LiveSource source = new LiveSource(door(password), naming(context.context()));
            Files.delete(password);
            // While the timer does nothing, the source is not opened again.
            var unused = context.context().timer().submit(() -> end.await(1, TimeUnit.MINUTES));

            source.start();
            assertThat(named)
                    .as("the session begins before the reader's thread does")
                    .hasSize(1);
            assertThat(events.take()).isInstanceOfSatisfying(ConnectionLost.class, lost -> assertThat(lost.why())
                    .contains("password-file", "cannot be read"));
            source.stop();
            assertThat(named).hasSize(2);

            assertThat(events.take()).isInstanceOfSatisfying(SourceEnded.class, ended -> assertThat(ended.stopped())
                    .isTrue());
            end.countDown();
        }
    }

    private SourceContext naming(SourceContext context) {
        return new SourceContext(
                context.pipeline(),
                context.model(),
                context.clock(),
                context.timer(),
                context.folders(),
                context.random(),
                context.environment(),
                (source, stream) -> named.add(stream));
    }

    private static SourceSpec door(Path password) {
        return new SourceSpec(
                "door",
                "rtsp://127.0.0.1:9/door",
                Optional.of("guest"),
                Optional.empty(),
                Optional.of(password),
                Optional.empty(),
                Map.of());
    }

    private void hear(Pipeline pipeline) {
        try {
            pipeline.handOver(all -> all.stream().map(StreamEvent::event).forEach(events::add));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
