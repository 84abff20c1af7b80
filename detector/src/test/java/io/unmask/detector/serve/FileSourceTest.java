package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.detector.pipeline.StreamJob;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.IngestListener;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A watched folder, before a pipeline that reads one file at a time. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class FileSourceTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");

    @TempDir
    Path folder;

    private final List<Verdict.Stream> followed = new ArrayList<>();
    private TestSourceContext context;
    private Path watched;
    private FileSource source;
    private long nowNanos = System.nanoTime();

    @BeforeEach
    void watch() throws IOException {
        watched = Files.createDirectory(folder.resolve("watched"));
        context = new TestSourceContext(folder);
        source = new FileSource(
                Specs.of("uploads", watched.toString()),
                context.context(),
                (stream, follower) -> followed.add(stream),
                Journal.open(folder.resolve("judged.txt")));
    }

    @AfterEach
    void end() {
        context.close();
    }

    @Test
    void shouldLeaveTheTimerAloneWhileItsDiskIsSlow() throws IOException {
        Files.copy(CLIPS.resolve("no-face.mp4"), watched.resolve("a.mp4"));
        source.start();
        tick();
        tick();

        assertThat(context.folders())
                .as("one look at a time, and none on the timer")
                .hasSize(1);
        assertThat(source.status("uploads", true).state()).isEqualTo(SourceState.OPENING);

        look();
        assertThat(source.status("uploads", true).state()).isEqualTo(SourceState.RUNNING);
        tick();
        assertThat(context.folders()).hasSize(1);
    }

    @Test
    void shouldStopAllReadingsOfAFileThatWasReplacedMeanwhile() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        Pipeline pipeline = context.context().pipeline();
        pipeline.add(new StreamJob(
                "earlier",
                false,
                () -> new Verdict.Stream("earlier", "s", "earlier"),
                events -> new Waiting(reading, events)));
        Files.copy(CLIPS.resolve("no-face.mp4"), watched.resolve("a.mp4"));
        source.start();
        look();
        tick();
        look();
        Files.copy(CLIPS.resolve("two-faces.mp4"), watched.resolve("a.mp4"), StandardCopyOption.REPLACE_EXISTING);
        for (int i = 0; i < 2; i++) {
            tick();
            look();
        }

        source.stop();
        reading.countDown();
        pipeline.complete();
        List<String> streams = new ArrayList<>();
        pipeline.handOver(
                events -> events.stream().map(StreamEvent::stream).forEach(stream -> streams.add(stream.label())));

        assertThat(streams).containsExactly("earlier");
    }

    /** When the service starts again, it may be able to read the file. */
    @Test
    void shouldNotRememberAFailedFileAsJudged() throws Exception {
        Files.copy(CLIPS.resolve("no-face.mp4"), watched.resolve("a.mp4"));
        Files.writeString(watched.resolve("b.mp4"), "no video");

        readAll();

        assertThat(followed)
                .extracting(Verdict.Stream::uri)
                .containsExactly(watched.resolve("a.mp4").toString());
    }

    @Test
    void shouldSayThatTheFolderHasDisappeared() throws Exception {
        Path video = Files.copy(CLIPS.resolve("no-face.mp4"), watched.resolve("a.mp4"));
        readAll();
        tick();
        look();
        assertThat(source.status("uploads", true).state()).isEqualTo(SourceState.RUNNING);

        Files.delete(video);
        Files.delete(watched);
        tick();
        look();
        assertThat(source.status("uploads", true))
                .returns(SourceState.OPENING, SourceStatus::state)
                .extracting(SourceStatus::detail)
                .asString()
                .contains(watched.toString());

        Files.createDirectory(watched);
        tick();
        look();
        assertThat(source.status("uploads", true).state()).isEqualTo(SourceState.RUNNING);
    }

    /** Finds the files in the folder and reads them to their ends. */
    private void readAll() throws InterruptedException {
        source.start();
        look();
        tick();
        look();
        Pipeline pipeline = context.context().pipeline();
        pipeline.complete();
        pipeline.handOver(events -> {});
    }

    /** Lets the source know that its next look is due. */
    private void tick() {
        nowNanos += TimeUnit.HOURS.toNanos(1);
        source.tick(nowNanos);
    }

    private void look() {
        context.folders().remove().run();
    }

    /** A source that is read until the test lets it end. */
    private record Waiting(CountDownLatch end, IngestListener events) implements StreamJob.Reader {
        @Override
        public void run() {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            events.event(new SourceEnded(0, 0, false, Optional.empty(), Coverage.NONE));
        }

        @Override
        public void stop() {}
    }
}
