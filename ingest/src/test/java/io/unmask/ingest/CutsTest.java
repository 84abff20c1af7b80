package io.unmask.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.ingest.face.FaceDetector;
import io.unmask.ingest.face.FaceFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A track is one person's, whatever an editor does. */
class CutsTest {
    private static final Settings OTHERS = ScriptedSources.SETTINGS;
    private static final Settings SETTINGS = new Settings(
            OTHERS.dataDirectory(),
            new Settings.Source(8, 1, 20_000, 0, 33_177_600, 200_000, 0, false, 0, false),
            new Settings.Face(Optional.empty(), 40, 0.7, 0.3, 800),
            new Settings.Clip(16, 8, 5),
            OTHERS.quality(),
            OTHERS.model(),
            OTHERS.verdict(),
            OTHERS.outbox(),
            OTHERS.kafka(),
            OTHERS.broker(),
            OTHERS.sources(),
            OTHERS.serve(),
            OTHERS.web(),
            OTHERS.workers(),
            OTHERS.evidence());

    private final List<RgbFrame> one = SplicedSource.clip("authentic-2.mp4").subList(0, 29);
    private final List<RgbFrame> other = SplicedSource.clip("forged-1.mp4").subList(0, 10);
    private final List<IngestEvent> events = new ArrayList<>();

    @Test
    void shouldEndATrackAtACut() {
        run(new SplicedSource().then(one).then(other));

        assertThat(spans()).containsExactly(List.of(0, 28), List.of(29, 38));
    }

    @Test
    void shouldNotMixPicturesFromBeforeAndAfterACutInAClip() {
        run(new SplicedSource().then(one).then(other));

        long cut = 29 * SplicedSource.PERIOD_MICROS;
        List<List<Long>> clips = events.stream()
                .filter(FaceClip.class::isInstance)
                .map(clip -> List.of(clip.startMicros(), clip.endMicros()))
                .toList();
        assertThat(clips).isNotEmpty().allMatch(clip -> clip.get(0) >= cut || clip.get(1) < cut);
    }

    @Test
    void shouldEndATrackBehindABlackPicture() {
        run(new SplicedSource()
                .then(one)
                .then(SplicedSource.lit(one.subList(26, 29), 0))
                .then(other));

        assertThat(spans()).containsExactly(List.of(0, 28), List.of(32, 41));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 6})
    void shouldEndATrackInADissolve(int steps) {
        run(new SplicedSource()
                .then(one)
                .then(SplicedSource.dissolve(one.get(28), other.get(0), steps))
                .then(other));

        assertThat(spans()).noneMatch(span -> span.get(0) < 27 && span.get(1) > 29 + steps);
        assertThat(spans()).anyMatch(span -> span.get(0) == 0);
        assertThat(spans()).anyMatch(span -> span.get(1) == 38 + steps);
    }

    @Test
    void shouldKeepATrackWhenTheLightChanges() {
        run(new SplicedSource().then(one.subList(0, 14)).then(SplicedSource.lit(one.subList(14, 29), 0.6)));

        assertThat(spans()).containsExactly(List.of(0, 28));
    }

    @ParameterizedTest
    @ValueSource(strings = {"authentic-1.mp4", "authentic-2.mp4", "forged-1.mp4", "forged-2.mp4"})
    void shouldKeepATrackThroughoutATalkingHead(String clip) {
        List<RgbFrame> pictures = SplicedSource.clip(clip);

        run(new SplicedSource().then(pictures));

        assertThat(spans()).containsExactly(List.of(0, pictures.size() - 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {200_000, 1_000_000, 2_000_000, 5_000_000})
    void shouldKeepATrackWhosePicturesAreFarApart(long periodMicros) {
        run(new SplicedSource().then(everyFourth(one), periodMicros));

        assertThat(events).filteredOn(TrackEnded.class::isInstance).hasSize(1);
        assertThat(events).filteredOn(FacelessSpan.class::isInstance).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000_000, 5_000_000})
    void shouldEndATrackAtACutBetweenPicturesThatAreFarApart(long periodMicros) {
        run(new SplicedSource().then(everyFourth(one), periodMicros).then(everyFourth(other), periodMicros));

        assertThat(events).filteredOn(TrackEnded.class::isInstance).hasSize(2);
    }

    @Test
    void shouldSayOnceThatThereIsNoFaceInPicturesAMinuteApart() {
        run(new SplicedSource().then(everyFourth(SplicedSource.clip("no-face.mp4")), 59_000_000));

        assertThat(events).filteredOn(FacelessSpan.class::isInstance).hasSize(1);
    }

    @Test
    void shouldNotCallAHoleFaceless() {
        List<RgbFrame> empty = SplicedSource.clip("no-face.mp4").subList(0, 17);

        run(new SplicedSource()
                .then(empty)
                .then(empty.subList(0, 1), 15_000_000)
                .then(empty.subList(1, 17)));

        assertThat(events.stream()
                        .filter(FacelessSpan.class::isInstance)
                        .map(span -> List.of(span.startMicros(), span.endMicros())))
                .containsExactly(List.of(0L, 2_000_000L), List.of(17_000_000L, 19_000_000L));
    }

    private static List<RgbFrame> everyFourth(List<RgbFrame> pictures) {
        return IntStream.range(0, pictures.size())
                .filter(i -> i % 4 == 0)
                .mapToObj(pictures::get)
                .toList();
    }

    /** First and last picture of each track, in order of their starts. */
    private List<List<Integer>> spans() {
        return events.stream()
                .filter(TrackEnded.class::isInstance)
                .map(end -> List.of(picture(end.startMicros()), picture(end.endMicros())))
                .sorted((a, b) -> a.get(0) - b.get(0))
                .toList();
    }

    private static int picture(long micros) {
        return (int) (micros / SplicedSource.PERIOD_MICROS);
    }

    private void run(SplicedSource source) {
        IngestParts parts = new IngestParts(
                uri -> source,
                () -> new FaceFinder(FaceDetector.open(SETTINGS.face()), SETTINGS.face(), new CropSpec(128, 1)),
                attempt -> 0,
                System::nanoTime);
        try {
            new IngestSession(SourceUri.parse("spliced.mp4"), SETTINGS, events::add, parts).run();
        } catch (SourceException e) {
            throw new IllegalStateException(e);
        }
    }
}
