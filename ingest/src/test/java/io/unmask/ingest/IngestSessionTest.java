package io.unmask.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.IngestEvent.StateChanged;
import io.unmask.ingest.clip.IngestEvent.StateChanged.State;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.decode.Failures;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.ingest.face.FaceDetector;
import io.unmask.ingest.face.FaceFinder;
import io.unmask.ingest.face.FaceHit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class IngestSessionTest {
    private static final SourceUri FILE = new SourceUri(SourceUri.Kind.FILE, "talk.mp4");

    private final List<IngestEvent> events = new ArrayList<>();
    private final List<Boolean> starts = new ArrayList<>();
    private final List<Long> waits = new ArrayList<>();
    private final ScriptedSources sources = new ScriptedSources();
    private final AtomicLong nanos = new AtomicLong();
    private SourceUri camera;

    @BeforeEach
    void parseCamera() throws SourceException {
        camera = SourceUri.parse("rtsp://admin:secret@camera.example/live");
    }

    @Test
    void shouldTellAFilesStoryInOrder() {
        sources.pictures(6);

        session(FILE, events::add).run();

        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("StateChanged", "FaceClip", "FaceClip", "TrackEnded", "SourceEnded");
        assertThat(ended().failure()).isEmpty();
        assertThat(ended().stopped()).isFalse();
        assertThat(ended().endMicros()).isEqualTo(5 * ScriptedSources.PERIOD_MICROS);
        assertThat(ended().coverage().sampled()).isEqualTo(6);
        assertThat(ended().coverage().withFace()).isEqualTo(6);
    }

    @Test
    void shouldReportAFailureInTheLastEventAfterWhatWasSeen() {
        sources.pictures(5).fails(Failures.fatal("source talk.mp4: no video in it"));

        session(FILE, events::add).run();

        assertThat(events).filteredOn(FaceClip.class::isInstance).hasSize(2);
        assertThat(ended().failure()).contains("source talk.mp4: no video in it");
    }

    @Test
    void shouldReportASourceThatCannotBeOpenedAndNothingElse() {
        sources.refuses(Failures.fatal("source talk.mp4: no such file"));

        session(FILE, events::add).run();

        assertThat(events).hasSize(1);
        assertThat(ended().failure()).contains("source talk.mp4: no such file");
    }

    @Test
    void shouldReportADetectorThatFailsOnAPicture() {
        sources.pictures(3);
        IngestParts parts = new IngestParts(
                sources,
                () -> new FaceFinder(
                        detector(() -> {
                            throw new IllegalStateException("out of memory");
                        }),
                        ScriptedSources.SETTINGS.face(),
                        new CropSpec(8, 1)),
                attempt -> 0,
                nanos::get);

        new IngestSession(FILE, ScriptedSources.SETTINGS, events::add, parts).run();

        assertThat(ended().failure())
                .contains("source talk.mp4: the search for faces failed on a 64x48 picture at 0.0 s: out of memory");
        assertThat(sources.allClosed()).isTrue();
    }

    @Test
    void shouldReportAFaceThatCannotBeCut() {
        sources.pictures(3);
        FaceHit nowhere = new FaceHit(null, 1, Optional.empty());
        IngestParts parts = new IngestParts(
                sources,
                () -> new FaceFinder(
                        detector(() -> List.of(nowhere)), ScriptedSources.SETTINGS.face(), new CropSpec(8, 1)),
                attempt -> 0,
                nanos::get);

        new IngestSession(FILE, ScriptedSources.SETTINGS, events::add, parts).run();

        assertThat(ended().failure().orElseThrow()).startsWith("source talk.mp4: the search for faces failed");
    }

    @Test
    void shouldReportWhatNobodyForesaw() {
        sources.pictures(3).breaks(new IllegalStateException("decoding failed"));

        session(FILE, events::add).run();

        assertThat(ended().failure())
                .contains("source talk.mp4: failed in an unforeseen way: "
                        + "java.lang.IllegalStateException: decoding failed");
        assertThat(samples()).hasSize(3);
        assertThat(sources.allClosed()).isTrue();
    }

    @Test
    void shouldOpenALiveSourceAgainAndGoOnInTime() {
        sources.pictures(4).fails(Failures.retriable("camera fell silent"));
        sources.pictures(4);

        session(camera, events::add).run();

        assertThat(events)
                .filteredOn(StateChanged.class::isInstance)
                .map(event -> ((StateChanged) event).state())
                .containsExactly(State.STARTED, State.STALLED, State.RECONNECTED);
        List<FaceSample> samples = samples();
        assertThat(samples).extracting(FaceSample::timeMicros).isSorted().doesNotHaveDuplicates();
        assertThat(samples).extracting(FaceSample::sequence).isSorted().doesNotHaveDuplicates();
        assertThat(samples).hasSize(8);
        assertThat(ended().failure()).isEmpty();
        assertThat(ended().coverage().reconnects()).isEqualTo(1);
        assertThat(ended().coverage().decoded()).isEqualTo(8);
    }

    @Test
    void shouldEndTracksBeforeTheStallSinceAnythingMayFollow() {
        sources.pictures(4).fails(Failures.retriable("camera fell silent"));
        sources.pictures(4);

        session(camera, events::add).run();

        assertThat(events)
                .filteredOn(TrackEnded.class::isInstance)
                .map(event -> ((TrackEnded) event).trackId())
                .containsExactly(1, 2);
        assertThat(events.get(2)).isInstanceOf(TrackEnded.class);
        assertThat(events.get(3)).isInstanceOf(StateChanged.class);
    }

    @Test
    void shouldGiveUpAfterTheAttemptsAndWaitLongerEachTime() {
        sources.pictures(4).fails(Failures.retriable("camera fell silent"));
        for (int i = 0; i < 3; i++) {
            sources.refuses(Failures.retriable("no answer"));
        }

        session(camera, events::add).run();

        assertThat(ended().failure()).contains("source rtsp://camera.example/live: no answer");
        assertThat(waits).containsExactly(1L, 2L, 3L);
        assertThat(events)
                .filteredOn(e -> e instanceof StateChanged s && s.state() == State.STALLED)
                .hasSize(1);
    }

    @Test
    void shouldNotOpenAgainWhatNeverGaveAPicture() {
        sources.refuses(Failures.retriable("no answer"));

        session(camera, events::add).run();

        assertThat(ended().failure()).contains("source rtsp://camera.example/live: no answer");
        assertThat(waits).isEmpty();
    }

    @Test
    void shouldNotOpenAFileAgain() {
        sources.pictures(4).fails(Failures.retriable("disk fell silent"));

        session(FILE, events::add).run();

        assertThat(ended().failure()).contains("source talk.mp4: disk fell silent");
    }

    @Test
    void shouldTellThatASourceWithoutALengthIsLive() {
        sources.pictures(1);
        session(camera, listener(() -> false)).run();
        sources.pictures(1).declares(100_000);
        session(camera, listener(() -> false)).run();

        assertThat(starts).containsExactly(true, false);
    }

    @Test
    void shouldSkipALiveSourcesPicturesWhileItsListenerIsBehind() {
        Iterator<Boolean> behind =
                List.of(false, false, true, true, false, false, false).iterator();
        sources.pictures(7);

        session(camera, listener(behind::next)).run();

        assertThat(samples())
                .extracting(FaceSample::timeMicros)
                .containsExactly(0L, 100_000L, 400_000L, 500_000L, 600_000L);
        assertThat(ended().coverage()).isEqualTo(new Coverage(7, 5, 5, 0, 2, 0));
    }

    @Test
    void shouldSkipNoPictureOfAFile() {
        sources.pictures(5);

        session(FILE, listener(() -> true)).run();

        assertThat(samples()).hasSize(5);
        assertThat(ended().coverage().dropped()).isZero();
    }

    @Test
    void shouldCountWhatItsDecoderPassedOverAsDropped() {
        sources.pictures(5).passesOver(7);

        session(camera, events::add).run();

        assertThat(ended().coverage().dropped()).isEqualTo(7);
        assertThat(ended().coverage().sampled()).isEqualTo(5);
    }

    @Test
    void shouldAskOfACameraThatDeclaresALengthWhetherItIsBehind() {
        sources.pictures(5).declares(5_000_000);

        session(camera, listener(() -> true)).run();

        assertThat(samples()).isEmpty();
        assertThat(ended().coverage().dropped()).isEqualTo(5);
    }

    private IngestListener listener(BooleanSupplier behind) {
        return new IngestListener() {
            @Override
            public void event(IngestEvent event) {
                events.add(event);
            }

            @Override
            public void started(boolean live) {
                assertThat(events.isEmpty() || events.get(events.size() - 1) instanceof SourceEnded)
                        .isTrue();
                starts.add(live);
            }

            @Override
            public boolean isBehind(long positionMicros) {
                return behind.getAsBoolean();
            }
        };
    }

    @Test
    void shouldHideTheSecretsOfASource() {
        sources.pictures(1);

        session(camera, events::add).run();

        assertThat(events.toString()).contains("camera.example").doesNotContain("secret");
    }

    @Test
    void shouldHandOutWhatWasSeenWhenItIsStopped() throws InterruptedException {
        sources.pictures(5).hangs();
        CountDownLatch fifth = new CountDownLatch(5);
        IngestSession session = session(FILE, new IngestListener() {
            @Override
            public void event(IngestEvent event) {
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                events.add(event);
            }

            @Override
            public void progress(long positionMicros, OptionalLong durationMicros) {
                fifth.countDown();
            }
        });
        Thread thread = new Thread(session, "session");
        thread.start();
        assertThat(fifth.await(10, TimeUnit.SECONDS)).isTrue();

        session.stop();
        thread.join(10_000);

        assertThat(thread.isAlive()).isFalse();
        assertThat(samples()).hasSize(5);
        assertThat(ended().failure()).isEmpty();
        assertThat(ended().stopped()).isTrue();
        assertThat(sources.allClosed()).isTrue();
    }

    @Test
    void shouldEndAtOnceWhenItWasStoppedBefore() {
        sources.pictures(5);
        IngestSession session = session(FILE, events::add);

        session.stop();
        session.run();

        assertThat(events).hasSize(1);
        assertThat(ended().failure()).isEmpty();
    }

    @Test
    void shouldCloseTheSourceWhenTheListenerFails() {
        sources.pictures(5);
        IngestSession session = session(FILE, event -> {
            throw new IllegalStateException("queue is closed");
        });

        assertThatThrownBy(session::run).hasMessage("queue is closed");
        assertThat(sources.allClosed()).isTrue();
    }

    private IngestSession session(SourceUri uri, IngestListener listener) {
        FaceHit face = new FaceHit(new FaceBox(8, 8, 32, 32), 1, Optional.empty());
        IngestParts parts = new IngestParts(
                sources,
                () -> new FaceFinder(
                        detector(() -> List.of(face)), ScriptedSources.SETTINGS.face(), new CropSpec(8, 1)),
                attempt -> {
                    waits.add((long) attempt);
                    return 0;
                },
                () -> nanos.addAndGet(100_000_000));
        return new IngestSession(uri, ScriptedSources.SETTINGS, listener, parts);
    }

    private interface Answer {
        List<FaceHit> give();
    }

    private static FaceDetector detector(Answer answer) {
        return new FaceDetector() {
            @Override
            public List<FaceHit> search(Picture picture, Reach reach, List<FaceBox> known) {
                return answer.give();
            }

            @Override
            public List<FaceHit> follow(Picture picture, List<FaceBox> expected) {
                return List.of();
            }

            @Override
            public void close() {}
        };
    }

    private SourceEnded ended() {
        assertThat(events).filteredOn(SourceEnded.class::isInstance).hasSize(1);
        return (SourceEnded) events.get(events.size() - 1);
    }

    private List<FaceSample> samples() {
        return events.stream()
                .filter(FaceClip.class::isInstance)
                .flatMap(event -> ((FaceClip) event).samples().stream())
                .distinct()
                .toList();
    }
}
