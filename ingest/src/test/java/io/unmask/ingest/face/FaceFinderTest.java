package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FaceFinderTest {
    private static final long PERIOD_MICROS = 125_000;

    private final Script script = new Script();
    private final FaceFinder finder =
            new FaceFinder(script, new Settings.Face(Optional.empty(), 480, 40, 8, 0.3, 500), new CropSpec(8, 1));
    private long timeMicros;

    /** Sees the faces that the test puts there, and notes how it was asked. */
    private static final class Script implements FaceDetector {
        private final List<FaceBox> faces = new ArrayList<>();
        private final StringBuilder calls = new StringBuilder();
        private List<FaceBox> asked = List.of();
        private List<FaceBox> surelyThere = List.of();
        private List<FaceBox> perhapsThere = List.of();
        private boolean doubts;
        private int looks;

        @Override
        public List<FaceHit> detect(Picture picture, List<FaceBox> known, List<FaceBox> expected) {
            calls.append('W');
            surelyThere = known;
            perhapsThere = expected;
            return faces.stream().map(box -> new FaceHit(box, 1)).toList();
        }

        @Override
        public List<FaceHit> follow(Picture picture, List<FaceBox> expected) {
            calls.append('f');
            asked = expected;
            return faces.stream()
                    .filter(box -> expected.stream().anyMatch(last -> last.overlap(box) > 0.3))
                    .map(box -> new FaceHit(box, 1))
                    .toList();
        }

        @Override
        public boolean confirms(Picture picture, FaceBox box) {
            looks++;
            return !doubts;
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldSearchTheWholePictureOnceASecondWhileItFollowsAFace() {
        script.faces.add(box(10));

        look(18);

        assertThat(script.calls).hasToString("W" + "f".repeat(7) + "W" + "f".repeat(7) + "Wf");
    }

    @Test
    void shouldFindASecondFaceWithinASecond() {
        script.faces.add(box(10));
        look(2);
        script.faces.add(box(200));

        assertThat(look(7).samples()).hasSize(2);
    }

    @Test
    void shouldSearchTheWholePictureWhileAFaceIsLostOrNoneIsKnown() {
        script.faces.add(box(10));
        look(2);
        script.faces.clear();
        look(4);
        look(2);

        assertThat(script.calls).hasToString("Wf" + "fW".repeat(4) + "WW");
    }

    @Test
    void shouldLookTwiceAtAFaceOnce() {
        script.faces.add(box(10));

        assertThat(look(20).doubtful()).isEmpty();
        assertThat(script.looks).isEqualTo(1);
    }

    @Test
    void shouldDoubtAFaceUntilALookConfirmsIt() {
        script.faces.add(box(10));
        script.doubts = true;

        assertThat(look(16).doubtful()).containsExactly(1);
        assertThat(script.looks).as("in pictures 1, 2, 3, 5, 9 and 13").isEqualTo(6);
        script.doubts = false;
        assertThat(look(1).doubtful()).isEmpty();
    }

    @Test
    void shouldTellTheDetectorWhichFacesAreConfirmed() {
        script.faces.add(box(10));
        look(2);
        script.doubts = true;
        script.faces.add(box(200));
        look(7);

        look(8);

        assertThat(script.calls).hasToString("W" + "f".repeat(7) + "W" + "f".repeat(7) + "W");
        assertThat(script.surelyThere).containsExactly(box(10));
        assertThat(script.perhapsThere).containsExactly(box(200));
    }

    @Test
    void shouldFollowAFaceByItsLooksInThreeOfFourPictures() {
        script.faces.add(box(100));

        assertThat(look(Scenes.at(0, 0), 8).samples()).hasSize(1);

        assertThat(script.calls).as("in the first picture and the fifth").hasToString("Wf");
    }

    @Test
    void shouldAskTheDetectorWhenAFaceDoesNotLookAsItDid() {
        script.faces.add(box(100));
        look(Scenes.at(0, 0), 1);

        look(Scenes.other(), 1);

        assertThat(script.calls).hasToString("Wf");
    }

    @Test
    void shouldAskTheDetectorForThatFaceOnlyThatDoesNotLookAsItDid() {
        script.faces.add(box(100));
        script.faces.add(box(-2)); // reaches beyond the picture
        look(Scenes.at(0, 0), 1);

        FaceFinder.Found found = look(Scenes.at(0, 0), 1);

        assertThat(script.calls).hasToString("Wf");
        assertThat(script.asked).containsExactly(box(-2));
        assertThat(found.samples()).hasSize(2);
    }

    @Test
    void shouldAskTheDetectorInEveryPictureWhileAFaceIsInDoubt() {
        script.faces.add(box(100));
        script.doubts = true;

        look(Scenes.at(0, 0), 5);

        assertThat(script.calls).hasToString("Wffff");
    }

    @Test
    void shouldMoveTheBoxWithTheFaceBetweenTheDetectorsPictures() {
        script.faces.add(box(100));
        look(Scenes.at(0, 0), 1);

        FaceFinder.Found moved = look(Scenes.at(4, 0), 1);

        assertThat(script.calls).hasToString("W");
        assertThat(moved.samples().get(1).box().x()).as("smoothed").isBetween(101.0, 104.0);
    }

    private FaceFinder.Found look(int pictures) {
        return look(new RgbFrame(320, 100, new byte[320 * 100 * 3]), pictures);
    }

    private FaceFinder.Found look(Picture picture, int pictures) {
        FaceFinder.Found found = null;
        for (int i = 0; i < pictures; i++) {
            found = finder.find(timeMicros, picture);
            timeMicros += PERIOD_MICROS;
        }
        return found;
    }

    private static FaceBox box(double x) {
        return new FaceBox(x, 20, 50, 50);
    }
}
