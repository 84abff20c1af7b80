package io.unmask.detector.serve;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.config.SourceSpec;
import io.unmask.detector.TestPorts;
import io.unmask.detector.TestSettings;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.StreamState.State;
import io.unmask.model.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service, with a real broker, the model that ships, and FFmpeg as a camera. */
@Timeout(value = 240, unit = SECONDS)
final class ServeRunTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Optional<RunningService> running = Optional.empty();
    private ClipCamera camera;

    @BeforeEach
    void placeTheCamera() throws IOException {
        camera = new ClipCamera(CLIPS.resolve("authentic-1.mp4"), TestPorts.free());
    }

    @AfterEach
    void end() {
        camera.close();
        running.ifPresent(RunningService::close);
    }

    @Test
    void shouldLeaveTheOthersAloneWhenASourceComesAndGoes() throws Exception {
        camera.turnOn();
        serve(Specs.of("camera", camera.address()));
        await().atMost(60, SECONDS).until(() -> is(SourceState.RUNNING));
        SourceSet sources = service().sources();
        long own = ownThreads();
        int all = allThreads();

        for (int i = 0; i < 100; i++) {
            sources.put(Specs.of("guest", "rtsp://127.0.0.1:9/guest"));
            assertThat(sources.remove("guest")).isTrue();
        }

        await().atMost(60, SECONDS).untilAsserted(() -> {
            assertThat(ownThreads()).isLessThanOrEqualTo(own + 2);
            assertThat(allThreads()).as("Kafka's and Jetty's among them").isLessThanOrEqualTo(all + 20);
        });
        assertThat(status().state()).isEqualTo(SourceState.RUNNING);
        assertThat(status().reconnects()).isZero();
        assertThat(states("camera")).containsExactly(State.STARTED);
    }

    private static long ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("unmask-"))
                .count();
    }

    /** Some of Kafka's and Jetty's come when there is work for them, whatever the sources do. */
    private static int allThreads() {
        return Thread.getAllStackTraces().size();
    }

    @Test
    void shouldJudgeWhatIsPutIntoAWatchedFolderAndOnlyOnce() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        serve(Specs.of("uploads", watched.toString()));

        Files.copy(CLIPS.resolve("no-face.mp4"), watched.resolve("a.mp4"));

        await().atMost(120, SECONDS).until(() -> states("uploads").contains(State.ENDED));
        assertThat(running.orElseThrow().stop()).as("all events arrived").isTrue();
        assertThat(Files.readAllLines(folder.resolve("data/serve/judged.txt")))
                .singleElement()
                .asString()
                .endsWith(watched.resolve("a.mp4").toString());
    }

    @Test
    void shouldEndInOrderWhenItIsStoppedBeforeItServes() throws Exception {
        Settings settings =
                TestSettings.in(folder.resolve("data")).withSources(List.of(Specs.of("uploads", folder.toString())));

        assertThat(stopped(settings).run()).as("there was nothing to deliver").isTrue();
    }

    /** A run that was stopped before it began. */
    private ServeRun stopped(Settings settings) {
        ServeRun early = new ServeRun(
                new ServeRun.Request(settings, Optional.empty(), () -> settings, meters, "test", shown -> () -> {}),
                new ServeRun.Listener() {
                    @Override
                    public void note(String line) {}

                    @Override
                    public void trouble(String message) {}
                });
        early.stop();
        return early;
    }

    @Test
    void shouldOpenACameraForEverAndTellOfEachConnection() throws Exception {
        serve(Specs.of("camera", camera.address()));
        await().atMost(60, SECONDS).until(() -> states("camera").equals(List.of(State.STALLED)));

        camera.turnOn();
        await().atMost(60, SECONDS).until(() -> is(SourceState.RUNNING));
        camera.pullThePlug();
        await().atMost(60, SECONDS).until(() -> is(SourceState.STALLED));
        camera.turnOn();
        await().atMost(60, SECONDS).until(() -> status().reconnects() == 1);

        assertThat(running.orElseThrow().stop()).as("all events arrived").isTrue();
        assertThat(states("camera"))
                .containsExactly(State.STALLED, State.STARTED, State.STALLED, State.RECONNECTED, State.ENDED);
        assertThat(sessions()).as("each connection is a session of its own").hasSize(3);
        assertThat(meters.get("unmask.source.events")
                        .tag("state", "reconnected")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldReadAVideoAnewWhoseServerFellSilentInItsMiddle() throws Exception {
        byte[] video = Files.readAllBytes(CLIPS.resolve("no-face.mp4"));
        try (PausingServer server = new PausingServer(video)) {
            serve(Specs.of("camera", server.address()));

            await().atMost(90, SECONDS).until(() -> is(SourceState.ENDED));
        }

        assertThat(running.orElseThrow().stop()).as("all events arrived").isTrue();
        assertThat(states("camera")).containsExactly(State.STARTED, State.STALLED, State.RECONNECTED, State.ENDED);
    }

    @Test
    void shouldKeepItsUploadsFromAnotherProcessAndFailTheUploadThatStoppingCutsShort() throws Exception {
        serve();
        Uploads uploads = service().uploads();
        BlockingQueue<Uploads.Job> told = new LinkedBlockingQueue<>();
        uploads.onDone(told::add);
        Path file = uploads.newFile("talk.mp4");
        repeat(CLIPS.resolve("no-face.mp4"), 100, file);
        Uploads.Job job;
        try (Feed.Subscription feed = service().feed().subscribe(1_000).orElseThrow()) {
            job = uploads.add(file, "talk.mp4", Optional.empty());
            await().atMost(90, SECONDS).until(() -> feed.poll(100).isPresent());
        }

        assertThatThrownBy(
                        () -> stopped(TestSettings.in(folder.resolve("data"))).run())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("another unmask serve reads sources");
        assertThat(file).exists();

        running.orElseThrow().stop();

        assertThat(uploads.find(job.id())).contains(told.poll()).hasValueSatisfying(ended -> assertThat(ended)
                .returns(Uploads.State.FAILED, Uploads.Job::state)
                .returns(Optional.empty(), Uploads.Job::verdict)
                .extracting(Uploads.Job::detail)
                .asString()
                .startsWith("the service was stopped"));
        assertThat(file.getParent()).isDirectoryNotContaining("glob:**.part");
    }

    /** A video so long that it is not read to its end before the test has said what it has to say. */
    private static void repeat(Path clip, int times, Path file) throws Exception {
        Programs.assumeThereIs("ffmpeg");
        Process process = new ProcessBuilder(
                        "ffmpeg",
                        "-nostdin",
                        "-loglevel",
                        "error",
                        "-stream_loop",
                        String.valueOf(times - 1),
                        "-i",
                        clip.toString(),
                        "-c",
                        "copy",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private boolean is(SourceState state) {
        return status().state() == state;
    }

    private SourceStatus status() {
        return service().sources().find("camera").orElseThrow();
    }

    private List<State> states(String source) {
        return changes(source).map(StreamState::state).toList();
    }

    private List<String> sessions() {
        return changes("camera")
                .map(state -> state.stream().session())
                .distinct()
                .toList();
    }

    private Stream<StreamState> changes(String source) {
        return service().feed().recent(source).stream()
                .map(Feed.Item::outcome)
                .filter(Outcome.Changed.class::isInstance)
                .map(outcome -> ((Outcome.Changed) outcome).state());
    }

    private void serve(SourceSpec... sources) {
        Settings settings = TestSettings.in(folder.resolve("data")).withSources(List.of(sources));
        running = Optional.of(new RunningService(settings, meters));
        service();
    }

    private Service service() {
        return running.orElseThrow().service();
    }
}
