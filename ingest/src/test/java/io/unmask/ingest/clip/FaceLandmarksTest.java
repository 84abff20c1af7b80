package io.unmask.ingest.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.FaceLandmarks.Point;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class FaceLandmarksTest {
    private static final FaceBox AROUND = new FaceBox(50, 50, 100, 100);

    @Property
    void shouldTellByHowMuchAHeadLeans(@ForAll @DoubleRange(min = -1.2, max = 1.2) double roll) {
        FaceLandmarks points = new FaceLandmarks(at(-20, 0, roll), at(20, 0, roll), at(0, 20, roll), at(0, 40, roll));

        assertThat(points.roll()).isCloseTo(roll, within(1e-9));
        assertThat(points.box().width()).isCloseTo(1.5 * 80, within(1e-9));
    }

    @Test
    void shouldPutTheBoxBetweenEyesAndMouth() {
        FaceLandmarks points = points(80, 120, 100, 100);

        assertThat(points.box()).isEqualTo(new FaceBox(100 - 60, 80 + 0.35 * 40 - 60, 120, 120));
    }

    @Test
    void shouldTakeTheSizeOfATurnedHeadFromItsHeight() {
        assertThat(points(95, 105, 110, 100).box().width()).isCloseTo(1.5 * 1.8 * 40, within(1e-9));
    }

    @Test
    void shouldMeasureHowFrontalAFaceIs() {
        assertThat(points(80, 120, 100, 100).frontality()).isEqualTo(1);
        assertThat(points(80, 120, 120, 100).frontality()).isEqualTo(0.5);
        assertThat(points(80, 120, 150, 100).frontality()).isZero();
    }

    @Test
    void shouldNotFitWhenTheEyesMeetOrTheMouthIsAboveThemOrOutside() {
        assertThat(points(80, 120, 100, 100).fit(AROUND)).isTrue();
        assertThat(points(98, 106, 100, 100).fit(AROUND)).as("eyes").isFalse();
        assertThat(points(40, 120, 100, 100).fit(AROUND)).as("an eye outside").isFalse();
        FaceLandmarks upsideDown =
                new FaceLandmarks(new Point(80, 110), new Point(120, 110), new Point(100, 100), new Point(100, 70));
        assertThat(upsideDown.fit(AROUND)).as("mouth").isFalse();
    }

    private static FaceLandmarks points(double leftEye, double rightEye, double nose, double mouth) {
        return new FaceLandmarks(
                new Point(leftEye, 80), new Point(rightEye, 80), new Point(nose, 100), new Point(mouth, 120));
    }

    private static Point at(double right, double down, double roll) {
        return new Point(
                right * Math.cos(roll) - down * Math.sin(roll), right * Math.sin(roll) + down * Math.cos(roll));
    }
}
