package io.unmask.detector.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.detector.evidence.Report;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.ingest.clip.Coverage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads whose outcomes the test makes up. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class UploadsTest {
    @TempDir
    Path folder;

    private final BlockingQueue<Follower> followers = new LinkedBlockingQueue<>();
    private TestSourceContext context;
    private Uploads uploads;

    private record Follower(Verdict.Stream stream, Consumer<Outcome> heard) {
        void hears(StreamState.State state) {
            heard.accept(new Outcome.Changed(
                    new StreamState("id-" + state, stream, 1, state, "", 0, Instant.EPOCH, Coverage.NONE)));
        }
    }

    @BeforeEach
    void open() throws IOException {
        context = new TestSourceContext(folder);
        uploads = new Uploads(
                folder.resolve("uploads"),
                new Uploads.Parts(
                        context.context(),
                        (stream, follower) -> followers.add(new Follower(stream, follower)),
                        new Album(Optional.empty()),
                        this::report),
                2);
    }

    private Report report(List<Verdict> verdicts) {
        return new Report(context.context().model().card(), "test", "0".repeat(64), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void shouldForgetTheOldestThatIsOverWhenThereAreTooMany() throws Exception {
        Uploads.Job first = add();
        Follower follower = followers.take();
        Uploads.Job second = add();
        Path refused = file();
        assertThatThrownBy(() -> uploads.add(refused, "c.mp4", Optional.empty()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("2 uploads wait already");

        follower.hears(StreamState.State.ENDED);
        Uploads.Job third = add();

        assertThat(uploads.find(first.id())).isEmpty();
        assertThat(folder.resolve("uploads").resolve(first.id())).doesNotExist();
        assertThat(uploads.find(second.id())).contains(second);
        assertThat(uploads.find(third.id())).contains(third);
    }

    @Test
    void shouldKeepAnUploadsEventsOnTheDisk() throws Exception {
        Uploads.Job job = add();
        Follower follower = followers.take();
        assertThat(events(job)).isEqualTo("[]");

        follower.hears(StreamState.State.STARTED);
        follower.heard().accept(new Outcome.Judged(Verdicts.fake("talk", 1)));

        assertThat(new ObjectMapper().readTree(events(job)))
                .extracting(event -> event.get("id").asText())
                .containsExactly("id-STARTED", Verdicts.fake("talk", 1).id());
        assertThat(folder.resolve("uploads").resolve(job.id()).resolve("events.json"))
                .isNotEmptyFile();
        assertThat(uploads.writeEvents("none", OutputStream.nullOutputStream())).isFalse();
    }

    @Test
    void shouldLetOnlyTheOwnerReadAnUpload() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void shouldSayWhyAnUploadCannotBeWritten() throws IOException {
        Files.writeString(folder.resolve("uploads"), "in the way");

        assertThatThrownBy(() -> uploads.newFile("talk.mp4"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("the upload cannot be kept");
    }

    @Test
    void shouldTellItsSourcesFromThoseThatAPersonNamed() throws Exception {
        assertThat(Uploads.isSource("upload-" + add().id())).isTrue();
        assertThat(Uploads.isSource("upload-door")).isFalse();
    }

    private String events(Uploads.Job job) throws IOException {
        ByteArrayOutputStream events = new ByteArrayOutputStream();
        assertThat(uploads.writeEvents(job.id(), events)).isTrue();
        return events.toString(UTF_8);
    }

    private Uploads.Job add() throws IOException {
        return uploads.add(file(), "talk.mp4", Optional.empty());
    }

    private Path file() throws IOException {
        return Files.writeString(uploads.newFile("talk.mp4"), "no video");
    }
}
