package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceLandmarks.Point;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaceTrackerTest {
    private static final long PERIOD_MICROS = 125_000;
    private static final long GAP_MICROS = 1_000_000;

    private final FaceTracker tracker = new FaceTracker(0.3, GAP_MICROS);
    private long timeMicros = -PERIOD_MICROS;

    @Test
    void shouldFollowTwoFacesAtOnce() {
        see(box(100, 100), box(400, 100));
        for (int i = 1; i < 20; i++) {
            FaceTracker.Update update = see(box(400 - 3 * i, 100), box(100 + 3 * i, 100));

            assertThat(update.seen()).containsOnlyKeys(1, 2);
            assertThat(x(update, 1)).isLessThan(x(update, 2));
        }
    }

    @Test
    void shouldFollowAFaceThatJumpsBetweenPicturesByItsMotion() {
        see(box(0, 100));
        see(box(30, 100));
        see(box(70, 100));
        see(box(120, 100));
        assertThat(box(120, 100).overlap(box(190, 100))).isLessThan(0.3);

        assertThat(see(box(190, 100)).seen()).containsOnlyKeys(1);
    }

    @Test
    void shouldKeepTheTrackOverAShortGapAndInventNothingInIt() {
        see(box(100, 100));
        assertThat(see().seen()).isEmpty();
        timeMicros += GAP_MICROS - 2 * PERIOD_MICROS;

        assertThat(see(box(102, 100)).seen()).containsOnlyKeys(1);
    }

    @Test
    void shouldMakeANewTrackOfAFaceThatReturnsAfterTheGap() {
        see(box(100, 100));
        timeMicros += GAP_MICROS;

        FaceTracker.Update update = see(box(100, 100));

        assertThat(update.ended()).containsExactly(1);
        assertThat(update.seen()).containsOnlyKeys(2);
    }

    @Test
    void shouldJoinTheBestFittingBoxFirst() {
        see(box(100, 100));

        FaceTracker.Update update = see(box(130, 100), box(102, 100));

        assertThat(x(update, 1)).isBetween(100.0, 102.0);
        assertThat(update.seen()).containsKey(2);
    }

    @Test
    void shouldGiveEachOfTwoEqualBoxesATrack() {
        assertThat(see(box(100, 100), box(100, 100)).seen()).hasSize(2);
    }

    @Test
    void shouldHalveTheJitterOfAStillFace() {
        Random random = new Random(7);
        double raw = 0;
        double smooth = 0;
        double last = 100;
        double lastRaw = 100;
        see(box(100, 100));
        for (int i = 0; i < 500; i++) {
            double x = 100 + random.nextGaussian();
            double seen = x(see(box(x, 100)), 1);
            raw += Math.abs(x - lastRaw);
            smooth += Math.abs(seen - last);
            last = seen;
            lastRaw = x;
        }
        assertThat(smooth).isLessThan(raw / 2);
    }

    @Test
    void shouldNotLagBehindAFaceThatMoves() {
        see(box(100, 100));

        assertThat(x(see(box(120, 100)), 1)).isCloseTo(120, within(1e-9));
    }

    @Test
    void shouldExpectAMovingFaceAheadOfItsLastBox() {
        see(box(100, 100));
        see(box(120, 100));
        see(box(140, 100));

        assertThat(tracker.expected(timeMicros + PERIOD_MICROS).get(1).x()).isGreaterThan(145);
    }

    @Test
    void shouldExpectNothingOnceTheGapIsOver() {
        see(box(100, 100));

        assertThat(tracker.expected(timeMicros + GAP_MICROS + 1)).isEmpty();
    }

    @Test
    void shouldSmoothLandmarksAndMakeTheBoxOfThem() {
        FaceLandmarks first = landmarks(0);
        FaceLandmarks second = landmarks(1);
        look(first);

        FaceHit seen = look(second).seen().get(1);

        FaceLandmarks smoothed = seen.landmarks().orElseThrow();
        assertThat(smoothed.leftEye().x())
                .isGreaterThan(first.leftEye().x())
                .isLessThan(second.leftEye().x());
        assertThat(seen.box()).isEqualTo(smoothed.box());
    }

    @Test
    void shouldKeepATrackWhoseLandmarksFailAndComeBack() {
        look(landmarks(0));
        FaceBox box = landmarks(0).box();

        assertThat(see(box).seen().get(1).landmarks()).isEmpty();
        assertThat(look(landmarks(1)).seen().get(1).landmarks()).contains(landmarks(1));
    }

    private FaceTracker.Update look(FaceLandmarks points) {
        timeMicros += PERIOD_MICROS;
        return tracker.update(timeMicros, List.of(new FaceHit(points.box(), 1, Optional.of(points))));
    }

    private static FaceLandmarks landmarks(double x) {
        return new FaceLandmarks(
                new Point(x + 80, 100), new Point(x + 120, 100), new Point(x + 100, 120), new Point(x + 100, 140));
    }

    private static double x(FaceTracker.Update update, int track) {
        return update.seen().get(track).box().x();
    }

    private FaceTracker.Update see(FaceBox... boxes) {
        timeMicros += PERIOD_MICROS;
        List<FaceHit> hits = Stream.of(boxes)
                .map(box -> new FaceHit(box, 1, Optional.empty()))
                .toList();
        return tracker.update(timeMicros, hits);
    }

    private static FaceBox box(double x, double y) {
        return new FaceBox(x, y, 100, 100);
    }
}
