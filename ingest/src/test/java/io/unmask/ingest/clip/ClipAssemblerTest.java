package io.unmask.ingest.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.IngestEvent.DamagedSpan;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.ingest.clip.IngestEvent.TrackEnded.Cause;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClipAssemblerTest {
    private static final long PERIOD_MICROS = 100_000;

    private final ClipAssembler clips = new ClipAssembler(new Settings.Clip(4, 2, 2), 10);
    private final List<IngestEvent> events = new ArrayList<>();
    private Set<Integer> doubtful = Set.of();
    private int frame;
    private long sequence;

    @Test
    void shouldOverlapClipsByFramesLessHop() {
        frames(8, 1);
        finish();

        assertThat(times(1)).containsExactly(List.of(0, 1, 2, 3), List.of(2, 3, 4, 5), List.of(4, 5, 6, 7));
    }

    @Test
    void shouldFlushTheRestWithItsOverlapWhenItBringsNewSamples() {
        frames(5, 1);
        finish();

        assertThat(times(1)).containsExactly(List.of(0, 1, 2, 3), List.of(2, 3, 4));
    }

    @Test
    void shouldEndTheTrackAfterItsLastClip() {
        frames(5, 1);
        finish();

        assertThat(events.get(events.size() - 1))
                .isEqualTo(new TrackEnded(1, 0, 4 * PERIOD_MICROS, Cause.SOURCE_ENDED, coverage(5)));
    }

    @Test
    void shouldTellThatAFaceLeftWhenItsTrackEnds() {
        frames(4, 1);
        frames(1);
        frameAfterEnd(1);

        assertThat(events)
                .filteredOn(TrackEnded.class::isInstance)
                .map(event -> ((TrackEnded) event).cause())
                .containsExactly(Cause.LEFT);
    }

    @Test
    void shouldEndTracksBeforeDamageAndNameItsSpan() {
        frames(5, 1);
        damage(3);
        frames(5, 1);
        finish();

        assertThat(events)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly(
                        "FaceClip", "FaceClip", "TrackEnded", "DamagedSpan", "FaceClip", "FaceClip", "TrackEnded");
        assertThat(events).extracting(IngestEvent::endMicros).isSorted();
        assertThat(events.get(3).startMicros()).isEqualTo(5 * PERIOD_MICROS);
        assertThat(events.get(3).endMicros()).isEqualTo(8 * PERIOD_MICROS);
    }

    @Test
    void shouldCutLongDamageIntoSpansSoThatSilenceIsNoVerdict() {
        damage(10);
        finish();

        assertThat(events)
                .filteredOn(DamagedSpan.class::isInstance)
                .extracting(IngestEvent::endMicros)
                .containsExactly(4 * PERIOD_MICROS, 8 * PERIOD_MICROS, 9 * PERIOD_MICROS);
    }

    @Test
    void shouldEndDamageWhereTheSourceFallsSilent() {
        frames(5);
        damage(3);
        events.addAll(clips.endTracks(Coverage.NONE));
        frame += 600;
        damage(1);
        frames(5);
        finish();

        assertThat(events)
                .filteredOn(DamagedSpan.class::isInstance)
                .extracting(IngestEvent::startMicros, IngestEvent::endMicros)
                .containsExactly(
                        tuple(5 * PERIOD_MICROS, 7 * PERIOD_MICROS), tuple(608 * PERIOD_MICROS, 609 * PERIOD_MICROS));
        Coverage last = clips.counted(Coverage.NONE);
        assertThat(last.gaps()).isEqualTo(1);
        assertThat(last.gapMicros()).isEqualTo(601 * PERIOD_MICROS);
    }

    @Test
    void shouldCountAHoleAsAGapAndDamageAsNone() {
        frames(5);
        frame += 900;
        frames(5);
        damage(50);
        frames(5);
        finish();

        Coverage last = events.get(events.size() - 1).coverage();
        assertThat(last.gaps()).isEqualTo(1);
        assertThat(last.gapMicros()).isEqualTo(901 * PERIOD_MICROS);
    }

    @Test
    void shouldEndDamageAtAHoleOfOneConnection() {
        frames(5);
        damage(3);
        frame += 600;
        damage(3);
        frame += 600;
        clips.skip(frame++ * PERIOD_MICROS, Coverage.NONE);
        frames(5);
        finish();

        assertThat(events)
                .filteredOn(DamagedSpan.class::isInstance)
                .extracting(IngestEvent::startMicros, IngestEvent::endMicros)
                .containsExactly(
                        tuple(5 * PERIOD_MICROS, 7 * PERIOD_MICROS), tuple(608 * PERIOD_MICROS, 610 * PERIOD_MICROS));
        Coverage last = clips.counted(Coverage.NONE);
        assertThat(last.gaps()).isEqualTo(2);
        assertThat(last.gapMicros()).isEqualTo(2 * 601 * PERIOD_MICROS);
    }

    @Test
    void shouldNotCountDroppedTimeAsAGap() {
        frames(5);
        for (int i = 0; i < 50; i++) {
            clips.skip(frame++ * PERIOD_MICROS, Coverage.NONE);
        }
        events.addAll(clips.endTracks(Coverage.NONE));
        frame += 99;
        frames(2);

        assertThat(clips.counted(Coverage.NONE).gapMicros()).isEqualTo(100 * PERIOD_MICROS);
    }

    private void damage(int count) {
        for (int i = 0; i < count; i++) {
            events.addAll(clips.damaged(frame++ * PERIOD_MICROS, coverage(0)));
        }
    }

    @Test
    void shouldDropATrackOfTwoHits() {
        frames(2, 1);
        frames(5);
        frameAfterEnd(1);
        frames(4);
        finish();

        assertThat(events).hasOnlyElementsOfType(FacelessSpan.class).hasSize(2);
        assertThat(events.get(0).startMicros()).isZero();
        assertThat(events.get(1).coverage().withFace()).isZero();
    }

    @Test
    void shouldNumberFacesWithoutGapsWhenFalseHitsComeBetween() {
        frames(1, 7);
        frames(4, 9);
        finish();

        assertThat(times(1)).hasSize(1);
    }

    @Test
    void shouldJudgeAStillPicture() {
        frames(1, 1);
        finish();

        assertThat(times(1)).containsExactly(List.of(0));
        assertThat(clips.counted(Coverage.NONE).withFace()).isEqualTo(1);
    }

    @Test
    void shouldTellOfNoFaceInAStillPictureWithoutOne() {
        frames(1);
        finish();

        assertThat(events).containsExactly(new FacelessSpan(0, 0, coverage(0)));
    }

    @Test
    void shouldSayNothingAboutASourceWithoutPictures() {
        finish();

        assertThat(events).isEmpty();
    }

    @Test
    void shouldTellOfFacelessStretchesAsLongAsAClipOnly() {
        frames(4, 1);
        frames(3);
        frames(4, 1);
        frames(5);
        frames(1, 1);
        finish();

        assertThat(events)
                .filteredOn(FacelessSpan.class::isInstance)
                .containsExactly(new FacelessSpan(1_100_000, 1_500_000, coverage(8)));
    }

    @Test
    void shouldCutALongFacelessStretchIntoSpansThatMeet() {
        frames(9);

        assertThat(events)
                .extracting(IngestEvent::startMicros, IngestEvent::endMicros)
                .containsExactly(tuple(0L, 400_000L), tuple(400_000L, 800_000L));
    }

    @Test
    void shouldNotCallTheTimeOfAStallFaceless() {
        frames(2);
        events.addAll(clips.endTracks(Coverage.NONE));
        frame += 100;
        frames(2);

        assertThat(events).isEmpty();
    }

    @Test
    void shouldHoldALaterClipBackWhileAnEarlierFaceMayStillEnd() {
        frames(3, 1);
        frames(6, 2);
        assertThat(events)
                .as("track 1 was last seen before the clip of track 2 ends")
                .isEmpty();

        frameAfterEnd(1);

        assertThat(events.get(0)).isInstanceOfSatisfying(FaceClip.class, clip -> assertThat(clip.endMicros())
                .isEqualTo(200_000));
        assertThat(events).extracting(IngestEvent::endMicros).isSorted();
    }

    @Test
    void shouldNotCallTheTimeAroundASkippedFrameFaceless() {
        frames(3);
        clips.skip(frame++ * PERIOD_MICROS, Coverage.NONE);
        frames(5);

        assertThat(events).containsExactly(new FacelessSpan(400_000, 800_000, coverage(0)));
    }

    @Test
    void shouldNotCallTheTimeAroundASkippedFrameFacelessThoughFramesBeforeItWait() {
        frames(1);
        frames(1, 1); // a single hit, which holds back the frames behind it until its track ends
        frames(1);
        clips.passOver();
        frame += 4;
        frames(1);
        frameAfterEnd(1);

        assertThat(events).isEmpty();
    }

    @Test
    void shouldTellOfNoFaceWhileItsTrackIsInDoubt() {
        doubtful = Set.of(1);
        frames(11, 1);
        finish();

        assertThat(events)
                .containsExactly(
                        new FacelessSpan(0, 400_000, coverage(0)), new FacelessSpan(400_000, 800_000, coverage(0)));
    }

    @Test
    void shouldCountATrackFromItsFirstSampleWhenTheDoubtIsGoneSoon() {
        doubtful = Set.of(1);
        frames(2, 1);
        doubtful = Set.of();
        frames(1, 1);
        doubtful = Set.of(1);
        frames(1, 1);
        finish();

        assertThat(times(1)).containsExactly(List.of(0, 1, 2, 3));
        assertThat(events).noneMatch(FacelessSpan.class::isInstance);
    }

    @Test
    void shouldCountATrackAnewWhenTheDoubtIsGoneLate() {
        doubtful = Set.of(1);
        frames(6, 1);
        doubtful = Set.of();
        frames(4, 1);
        finish();

        assertThat(times(1)).containsExactly(List.of(4, 5, 6, 7), List.of(6, 7, 8, 9));
        assertThat(events).extracting(IngestEvent::endMicros).isSorted();
    }

    @Test
    void shouldNotWaitWithAFaceForOneThatIsInDoubt() {
        doubtful = Set.of(2);
        frames(4, 1, 2);

        assertThat(times(1)).containsExactly(List.of(0, 1, 2, 3));
        assertThat(times(2)).isEmpty();
    }

    @Test
    void shouldRefuseAFrameThatIsNotLater() {
        frames(1);
        frame = 0;

        assertThatThrownBy(() -> frames(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("frame at 0 us after one at 0 us");
    }

    @Test
    void shouldRefuseAHopThatWouldSkipSamples() {
        assertThatThrownBy(() -> new ClipAssembler(new Settings.Clip(4, 5, 2), 8))
                .hasMessage("clip.hop = 5: must be from 1 to clip.frames = 4");
    }

    private void frames(int count, int... tracks) {
        for (int i = 0; i < count; i++) {
            events.addAll(clips.add(frame * PERIOD_MICROS, samples(tracks), doubtful, List.of(), Coverage.NONE));
            frame++;
        }
    }

    private void frameAfterEnd(int ended) {
        events.addAll(clips.add(frame++ * PERIOD_MICROS, Map.of(), Set.of(), List.of(ended), Coverage.NONE));
    }

    private Map<Integer, FaceSample> samples(int... tracks) {
        Map<Integer, FaceSample> samples = new LinkedHashMap<>();
        for (int track : tracks) {
            samples.put(track, Samples.at(sequence++, frame * PERIOD_MICROS));
        }
        return samples;
    }

    private void finish() {
        events.addAll(clips.finish(Coverage.NONE));
    }

    private List<List<Integer>> times(int trackId) {
        return events.stream()
                .filter(event -> event instanceof FaceClip clip && clip.trackId() == trackId)
                .map(event -> ((FaceClip) event)
                        .samples().stream()
                                .map(sample -> (int) (sample.timeMicros() / PERIOD_MICROS))
                                .toList())
                .toList();
    }

    private static Coverage coverage(long withFace) {
        return new Coverage(0, 0, withFace, 0, 0, 0);
    }
}
