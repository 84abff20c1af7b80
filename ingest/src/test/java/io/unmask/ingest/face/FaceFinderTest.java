package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FaceFinderTest {
    private static final long PERIOD_MICROS = 125_000;

    private final Script script = new Script();
    private final FaceFinder finder =
            new FaceFinder(script, new Settings.Face(Optional.empty(), 40, 0.7, 0.3, 500), new CropSpec(8, 1));
    private long timeMicros;

    /** Sees the faces that the test puts there, and notes how it was asked: f for follow, A and L for a search. */
    private static final class Script implements FaceDetector {
        private final List<FaceBox> faces = new ArrayList<>();
        private final StringBuilder calls = new StringBuilder();
        private double score = 0.9;

        @Override
        public List<FaceHit> search(Picture picture, Reach reach, List<FaceBox> known) {
            calls.append(reach == Reach.ALL_FACES ? 'A' : 'L');
            return faces.stream()
                    .filter(box -> !known.contains(box))
                    .map(this::hit)
                    .toList();
        }

        @Override
        public List<FaceHit> follow(Picture picture, List<FaceBox> expected) {
            calls.append(expected.isEmpty() ? "" : "f");
            return faces.stream()
                    .filter(box -> expected.stream().anyMatch(last -> last.overlap(box) > 0.3))
                    .map(this::hit)
                    .toList();
        }

        private FaceHit hit(FaceBox box) {
            return new FaceHit(box, score, Optional.empty());
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldSearchForSmallFacesOnceASecondWhileItFollowsAFace() {
        script.faces.add(box(10));

        look(18);

        assertThat(script.calls).hasToString("A" + "f".repeat(7) + "fA" + "f".repeat(7) + "fAf");
    }

    @Test
    void shouldFindASecondFaceWithinASecond() {
        script.faces.add(box(10));
        look(2);
        script.faces.add(box(200));

        assertThat(look(7).samples()).hasSize(2);
    }

    @Test
    void shouldSearchForAllFacesWhenAllAreGoneAndForLargeOnesWhileNoneIsKnown() {
        script.faces.add(box(10));
        look(2);
        script.faces.clear();
        look(4);
        look(2);

        assertThat(script.calls).hasToString("Af" + "fA" + "fL".repeat(3) + "LL");
    }

    @Test
    void shouldDoubtAFaceUntilItsScoreWasHighOnce() {
        script.faces.add(box(10));
        script.score = 0.6;

        assertThat(look(16).doubtful()).containsExactly(1);
        script.score = 0.8;
        assertThat(look(1).doubtful()).isEmpty();
        script.score = 0.6;
        assertThat(look(1).doubtful()).isEmpty();
    }

    @Test
    void shouldForgetAllFaces() {
        script.faces.add(box(10));
        look(2);

        finder.forget();

        assertThat(look(1).samples()).containsOnlyKeys(2);
        assertThat(script.calls).hasToString("AfA");
    }

    private FaceFinder.Found look(int pictures) {
        FaceFinder.Found found = null;
        for (int i = 0; i < pictures; i++) {
            found = finder.find(timeMicros, TestPictures.grey(320, 100));
            timeMicros += PERIOD_MICROS;
        }
        return found;
    }

    private static FaceBox box(double x) {
        return new FaceBox(x, 20, 50, 50);
    }
}
