package io.unmask.detector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Kind;
import io.unmask.detector.verdict.Verdict.WallClock;
import io.unmask.detector.verdict.VerdictIds;
import io.unmask.detector.verdict.VerdictPolicy;
import io.unmask.ingest.IngestListener;
import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Captured.By;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.score.ClipScorer;
import io.unmask.model.score.DjlClipScorer;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.score.ScoringException;
import io.unmask.model.score.TinyModel;
import io.unmask.model.spec.ModelCard;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class PipelineTest {
    private static final int WHITE = 255;
    private static final int BLACK = 0;

    @TempDir
    static Path folder;

    private static ModelDirectory model;

    private final List<Outcome> outcomes = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Pipeline pipeline = pipeline(outcomes::addAll, 2);

    @BeforeAll
    static void writeModel() throws IOException {
        model = ModelDirectory.open(TinyModel.write(folder.resolve("tiny")));
    }

    @Test
    void shouldJudgeClipsThenTheFaceThenTellTheEnd() throws InterruptedException {
        run(Events.job("white", video(1, WHITE)), Events.job("black", video(1, BLACK)));

        assertThat(verdicts("white"))
                .extracting(Verdict::kind, Verdict::decision)
                .containsExactly(
                        tuple(Kind.CLIP, Verdict.Decision.FAKE),
                        tuple(Kind.CLIP, Verdict.Decision.FAKE),
                        tuple(Kind.TRACK, Verdict.Decision.FAKE));
        assertThat(verdicts("black")).extracting(Verdict::decision).containsOnly(Verdict.Decision.REAL);
        assertThat(states("white")).containsExactly(StreamState.State.ENDED);
    }

    @Test
    void shouldNotLetALiveSourceWaitForFiles() throws InterruptedException {
        CountDownLatch cameraOpened = new CountDownLatch(1);
        Pipeline single = pipeline(outcomes::addAll, 1);

        single.run(
                List.of(
                        opening("file", false, () -> awaitQuietly(cameraOpened)),
                        opening("camera", true, cameraOpened::countDown)),
                PipelineTest::scorer);

        assertThat(states("file")).containsExactly(StreamState.State.ENDED);
        assertThat(states("camera")).containsExactly(StreamState.State.ENDED);
    }

    @Test
    void shouldTakeSourcesWhileItJudgesAndLetThemGo() throws InterruptedException {
        CountDownLatch added = new CountDownLatch(1);
        EndlessReader endless = new EndlessReader(added);
        Pipeline.Handle handle = pipeline.add(
                new StreamJob("endless", true, () -> new Verdict.Stream("endless", "s", "endless"), endless::on));
        Thread operator = new Thread(() -> {
            awaitQuietly(added);
            pipeline.add(Events.job("late", video(1, BLACK)));
            handle.stop();
            pipeline.complete();
        });
        operator.start();

        pipeline.run(PipelineTest::scorer);

        assertThat(states("endless")).containsExactly(StreamState.State.ENDED);
        assertThat(verdicts("late")).hasSize(3);
    }

    @Test
    void shouldGoOnWithTheOldModelWhenTheNewOneDoesNotFitAnOpenStream() throws InterruptedException {
        CountDownLatch judged = new CountDownLatch(1);
        List<String> failures = new ArrayList<>();
        Pipeline own = pipeline(
                batch -> {
                    outcomes.addAll(batch);
                    judged.countDown();
                },
                2);
        EndlessReader endless = new EndlessReader(new CountDownLatch(1));
        Pipeline.Handle handle = own.add(new StreamJob(
                "endless",
                true,
                () -> new Verdict.Stream("endless", "s", "endless"),
                endless::on,
                Optional.of(rules())));
        Thread operator = new Thread(() -> {
            awaitQuietly(judged);
            own.replaceModel(
                    new LoadedModel(scorer(), rules(), olds -> {
                        throw new IllegalArgumentException("a clip of 4 frames is too short for it");
                    }),
                    failures::add);
            own.add(Events.job("late", video(1, BLACK)));
            handle.stop();
            own.complete();
        });
        operator.start();

        own.run(PipelineTest::scorer);

        assertThat(failures).containsExactly("a clip of 4 frames is too short for it");
        assertThat(verdicts("late")).hasSize(3);
        assertThat(verdicts("endless")).extracting(Verdict::kind).containsExactly(Kind.CLIP, Kind.TRACK);
    }

    @Test
    void shouldTellWhenALiveClipWasTakenAndByWhoseClock() throws InterruptedException {
        StreamJob camera =
                new StreamJob("camera", true, Events.job("camera", List.of()).identity(), listener -> {
                    listener.captured(0, new Captured(5_000_000, By.ARRIVAL));
                    listener.started(true);
                    listener.captured(375_000, new Captured(90_000_000, By.SENDER_REPORT));
                    return Events.job("camera", video(1, WHITE)).readers().open(listener);
                });

        run(camera, Events.job("file", video(1, WHITE)));

        assertThat(verdicts("camera").get(0).span())
                .isEqualTo(new Verdict.Span(
                        0,
                        375_000,
                        Instant.ofEpochMilli(89_625),
                        Instant.ofEpochMilli(90_000),
                        Optional.of(WallClock.SENDER_REPORT)));
        assertThat(verdicts("file").get(0).span().clock()).contains(WallClock.PROCESSING);
    }

    private static StreamJob opening(String label, boolean live, Runnable opened) {
        StreamJob job = Events.job(label, video(1, WHITE));
        return new StreamJob(label, live, job.identity(), listener -> {
            opened.run();
            return job.readers().open(listener);
        });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A camera that shows a face until it is stopped. */
    private record EndlessReader(CountDownLatch seen, CountDownLatch stopped) {
        EndlessReader(CountDownLatch seen) {
            this(seen, new CountDownLatch(1));
        }

        StreamJob.Reader on(IngestListener listener) {
            return new StreamJob.Reader() {
                @Override
                public void run() {
                    listener.event(Events.clip(1, 0, 0, 4, WHITE));
                    seen.countDown();
                    awaitQuietly(stopped);
                    listener.event(Events.stopped(400_000));
                }

                @Override
                public void stop() {
                    stopped.countDown();
                }
            };
        }
    }

    private Pipeline pipeline(OutcomeSink sink, int filesAtOnce) {
        return new Pipeline(
                rules(),
                new Outlets(sink, (job, position, duration) -> {}, FaceWitness.NONE, meters),
                new Pipeline.Limits(filesAtOnce, 8, Duration.ofMinutes(1)));
    }

    @Test
    void shouldNumberAStreamsOutcomesWithoutAGap() throws InterruptedException {
        run(Events.job("video", video(1, WHITE)));

        assertThat(verdicts("video")).extracting(Verdict::sequence).containsExactly(1L, 2L, 3L);
        assertThat(((Outcome.Changed) outcomes.get(3)).state().sequence()).isEqualTo(4);
    }

    @Test
    void shouldEncodeASampleThatClipsShareOnce() throws InterruptedException {
        run(Events.job("video", video(1, WHITE)));

        assertThat(meters.counter("unmask.encode.frames").count()).isEqualTo(6);
        assertThat(meters.counter("unmask.score.clips").count()).isEqualTo(2);
    }

    @Test
    void shouldSayThatNothingCouldBeJudgedWhenNoFaceCame() throws InterruptedException {
        run(Events.job("room", List.of(new FacelessSpan(0, 1000, Events.COVERAGE), Events.ended(1000))));

        assertThat(verdicts("room")).hasSize(2).allSatisfy(verdict -> assertThat(verdict.decision())
                .isEqualTo(Verdict.Decision.NOT_EVALUABLE));
    }

    @Test
    void shouldEndFacesAndTellAStallWhenAConnectionIsLost() throws InterruptedException {
        run(Events.job(
                "camera",
                List.of(
                        Events.clip(1, 0, 0, 4, WHITE),
                        new ConnectionLost(0, 400_000, "no picture for 10000 ms", Events.COVERAGE))));

        assertThat(verdicts("camera")).extracting(Verdict::kind).containsExactly(Kind.CLIP, Kind.TRACK);
        assertThat(states("camera")).containsExactly(StreamState.State.STALLED);
    }

    @Test
    void shouldEndAFaceThatIsStillThereWhenTheSourceIsStopped() throws InterruptedException {
        run(Events.job("cut", List.of(Events.clip(1, 0, 0, 4, WHITE), Events.ended(400_000))));

        assertThat(verdicts("cut")).extracting(Verdict::kind).containsExactly(Kind.CLIP, Kind.TRACK);
    }

    @Test
    void shouldCallNothingFacelessThatWasStoppedBeforeItsEnd() throws InterruptedException {
        run(Events.job("cut", List.of(Events.stopped(0))));

        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Changed.class, changed -> {
            assertThat(changed.state().state()).isEqualTo(StreamState.State.ENDED);
            assertThat(changed.state().detail()).isEqualTo("stopped");
        });
    }

    @Test
    void shouldNotGiveWhatAStoppedRunSawTheIdsOfTheWhole() throws InterruptedException {
        TrackEnded cut = new TrackEnded(1, 0, 250_000, TrackEnded.Cause.SOURCE_ENDED, Events.COVERAGE);
        run(
                Events.job("video", List.of(Events.clip(1, 0, 0, 3, WHITE), cut, Events.stopped(250_000))),
                Events.job("video", video(1, WHITE)));

        assertThat(verdicts("video")).hasSize(5).extracting(Verdict::id).doesNotHaveDuplicates();
    }

    @Test
    void shouldNameTheSourceAndInventNoVerdictWhenScoringFails() {
        assertThatThrownBy(() -> pipeline.run(
                        List.of(Events.job("broken.mp4", video(1, WHITE))), () -> new FailingScorer(scorer())))
                .isInstanceOf(PipelineException.class)
                .hasMessage("broken.mp4: out of memory");
        assertThat(outcomes).isEmpty();
    }

    @Test
    void shouldFailWhenOutcomesCannotBeKept() {
        Pipeline full = pipeline(
                judged -> {
                    throw new IllegalStateException("the disk is full");
                },
                2);

        assertThatThrownBy(() -> full.run(List.of(Events.job("video", video(1, WHITE))), PipelineTest::scorer))
                .hasMessage("the disk is full");
    }

    @Test
    void shouldTellThatASourceFailedAndJudgeTheOthers() throws InterruptedException {
        StreamJob failing =
                new StreamJob("bad.mp4", false, () -> new Verdict.Stream("bad", "session", "bad.mp4"), listener -> {
                    throw new IllegalStateException("no memory for a decoder");
                });

        run(failing, Events.job("white", video(1, WHITE)));

        assertThat(states("bad")).containsExactly(StreamState.State.FAILED);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome instanceof Outcome.Changed changed
                        && changed.state().detail().equals("bad.mp4: no memory for a decoder"))
                .hasSize(1);
        assertThat(verdicts("white")).hasSize(3);
    }

    @Test
    void shouldEndTheRunWhenASourceMeetsAnError() {
        StreamJob failing =
                new StreamJob("bad.mp4", false, () -> new Verdict.Stream("bad", "session", "bad.mp4"), listener -> {
                    throw new OutOfMemoryError("Java heap space");
                });

        assertThatThrownBy(() -> run(failing))
                .isInstanceOf(PipelineException.class)
                .hasMessage("bad.mp4: Java heap space");
    }

    @Test
    void shouldStopSourcesAndJudgeWhatWasSeen() throws InterruptedException {
        run(new StreamJob(
                "endless",
                true,
                () -> new Verdict.Stream("endless", "session", "endless"),
                listener -> new StreamJob.Reader() {
                    private final CountDownLatch stopped = new CountDownLatch(1);

                    @Override
                    public void run() {
                        listener.event(Events.clip(1, 0, 0, 4, WHITE));
                        pipeline.stop();
                        assertThat(stopped.getCount()).isZero();
                        listener.event(Events.ended(400_000));
                    }

                    @Override
                    public void stop() {
                        stopped.countDown();
                    }
                }));

        assertThat(verdicts("endless")).extracting(Verdict::kind).containsExactly(Kind.CLIP, Kind.TRACK);
    }

    /** Two clips of four samples that share two. */
    private static List<IngestEvent> video(int track, int grey) {
        return List.of(
                Events.clip(track, 0, 0, 4, grey),
                Events.clip(track, 1, 2, 4, grey),
                new TrackEnded(track, 0, 625_000, TrackEnded.Cause.SOURCE_ENDED, Events.COVERAGE),
                Events.ended(625_000));
    }

    private void run(StreamJob... jobs) throws InterruptedException {
        pipeline.run(List.of(jobs), PipelineTest::scorer);
    }

    private static ClipScorer scorer() {
        return DjlClipScorer.open(model, 0);
    }

    private List<Verdict> verdicts(String stream) {
        return outcomes.stream()
                .filter(Outcome.Judged.class::isInstance)
                .map(outcome -> ((Outcome.Judged) outcome).verdict())
                .filter(verdict -> verdict.stream().id().equals(stream))
                .toList();
    }

    private List<StreamState.State> states(String stream) {
        return outcomes.stream()
                .filter(Outcome.Changed.class::isInstance)
                .map(outcome -> ((Outcome.Changed) outcome).state())
                .filter(state -> state.stream().id().equals(stream))
                .map(StreamState::state)
                .toList();
    }

    private static Rules rules() {
        Settings settings = TestSettings.clip(new Settings.Clip(4, 2, 2));
        Verdict.Model named = new Verdict.Model("tiny", "1", "digest", "training", TinyModel.CALIBRATION);
        return new Rules(
                new VerdictPolicy(named, Optional.empty(), settings),
                new VerdictIds(named, TinyModel.SPEC, Optional.empty(), settings, Optional.empty()),
                named,
                2,
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                new Rules.Terms(Map.of(), Optional.empty()));
    }

    /** The real scorer, whose second half fails as a native runtime does. */
    private record FailingScorer(ClipScorer real) implements ClipScorer {
        @Override
        public List<float[][]> locate(List<RgbFrame> crops) {
            return real.locate(crops);
        }

        @Override
        public ModelCard card() {
            return real.card();
        }

        @Override
        public float[][] encode(List<RgbFrame> crops) {
            return real.encode(crops);
        }

        @Override
        public List<ClipScore> score(List<float[][]> clips) {
            throw new ScoringException("out of memory");
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
