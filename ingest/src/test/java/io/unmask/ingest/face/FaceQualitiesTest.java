package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceLandmarks.Point;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.RgbFrame;
import java.util.Optional;
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
    void shouldTakeTheSizeFromTheBoxAndTheFrontalityFromTheLandmarks() {
        FaceLandmarks points =
                new FaceLandmarks(new Point(10, 10), new Point(20, 10), new Point(12, 14), new Point(14, 20));
        byte[] grey = new byte[64 * 64 * 3];
        try (FaceQualities qualities = new FaceQualities()) {
            FaceQuality quality =
                    qualities.measure(new FaceHit(points.box(), 1, Optional.of(points)), new RgbFrame(64, 64, grey));

            assertThat(quality.frontality()).isCloseTo(0.7, within(1e-9));
            assertThat(quality.sizePx()).isEqualTo(points.box().width());
        }
    }

    private static FaceQuality measure(IntBinaryOperator level) {
        byte[] rgb = new byte[64 * 64 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) level.applyAsInt(i / 3 % 64, i / 3 / 64);
        }
        try (FaceQualities qualities = new FaceQualities()) {
            return qualities.measure(
                    new FaceHit(new FaceBox(5, 5, 80, 80), 1, Optional.empty()), new RgbFrame(64, 64, rgb));
        }
    }
}
