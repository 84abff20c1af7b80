package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.RgbFrame;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

class FaceQualitiesTest {
    @Test
    void shouldFindAnEvenPictureBlurredAndWithoutAFace() {
        FaceQuality quality = measure((x, y) -> 90);

        assertThat(quality).isEqualTo(new FaceQuality(80, 0, 90, 0));
    }

    @Test
    void shouldComputeTheVarianceOfTheLaplacian() {
        // The Laplacian of a checkerboard of 0 and 10 is +-40 everywhere.
        assertThat(measure((x, y) -> (x + y) % 2 * 10).sharpness()).isCloseTo(1600, within(1.0));
    }

    @Test
    void shouldFindLessDetailAfterABlur() {
        double sharp = measure((x, y) -> x % 8 < 4 ? 60 : 180).sharpness();
        double blurred =
                measure((x, y) -> (int) (120 + 60 * Math.sin(x * Math.PI / 4))).sharpness();

        assertThat(blurred).isLessThan(sharp / 2);
    }

    @Test
    void shouldFindASymmetricFaceFrontal() {
        assertThat(measure((x, y) -> face(x, y, 32)).frontality()).isGreaterThan(0.95);
    }

    @Test
    void shouldAllowAFaceThatIsNotQuiteInTheMiddle() {
        assertThat(measure((x, y) -> face(x, y, 34)).frontality()).isGreaterThan(0.8);
    }

    @Test
    void shouldNotTakeLightFromOneSideForAProfile() {
        assertThat(measure((x, y) -> face(x, y, 32) / 2 + x).frontality()).isGreaterThan(0.8);
    }

    @Test
    void shouldFindAProfileLessFrontal() {
        // One eye and a mouth, all on one side.
        assertThat(measure((x, y) -> eye(x, y, 14) || mouth(x, y, 16) ? 40 : 150)
                        .frontality())
                .isLessThan(0.4);
    }

    private static int face(int x, int y, int middle) {
        return eye(x, y, middle - 14) || eye(x, y, middle + 14) || mouth(x, y, middle) ? 40 : 150;
    }

    private static boolean eye(int x, int y, int centre) {
        return Math.abs(x - centre) < 6 && Math.abs(y - 24) < 3;
    }

    private static boolean mouth(int x, int y, int centre) {
        return Math.abs(x - centre) < 10 && Math.abs(y - 48) < 3;
    }

    private static FaceQuality measure(IntBinaryOperator level) {
        byte[] rgb = new byte[64 * 64 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) level.applyAsInt(i / 3 % 64, i / 3 / 64);
        }
        try (FaceQualities qualities = new FaceQualities()) {
            return qualities.measure(new FaceBox(5, 5, 80, 80), new RgbFrame(64, 64, rgb));
        }
    }
}
