package io.unmask.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.RgbFrame;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point2f;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What moves pixels, beside OpenCV's own way on the whole picture. */
class GeometryTest {
    private static final int SIDE = 100;
    /** Grey levels: OpenCV's warp counts in 32nds of a pixel, and rounds. */
    private static final double ROUNDING = 0.6;

    private static final RgbFrame FACE = picture();

    @Test
    void shouldDrawThePartOfATurnedCropThatTheWindowShows() {
        try (var scope = new PointerScope()) {
            Mat face = Pictures.mat(FACE);
            RgbFrame whole = Pictures.frame(warped(face, 8, 0, 0, opencv_imgproc.INTER_LINEAR));

            RgbFrame window = Pictures.frame(new Framing(0.8, 0.03, -0.02, 8, false).window(face));

            assertThat(window.width()).isEqualTo(80);
            assertThat(difference(window, whole, 13, 8)).isLessThan(ROUNDING);
        }
    }

    @Test
    void shouldRepeatTheEdgeWhereTheWindowReachesBeyondTheCrop() {
        RgbFrame window = new Framing(1.1, 0.1, -0.1, 0, false).apply(FACE, 110);

        for (int y = 0; y < 110; y++) {
            for (int x = 0; x < 110; x++) {
                int fromX = Math.max(0, Math.min(SIDE - 1, x + 5));
                int fromY = Math.max(0, Math.min(SIDE - 1, y - 15));
                assertThat(window.rgb()[(y * 110 + x) * 3])
                        .as("%d, %d", x, y)
                        .isEqualTo(FACE.rgb()[(fromY * SIDE + fromX) * 3]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0.25, 0.75", "-0.5, 0.3125", "2.625, -3.125", "0, 0", "-7.5, 6"})
    void shouldShiftAsOpenCvWarps(double x, double y) {
        try (var scope = new PointerScope()) {
            Mat face = Pictures.mat(FACE);
            RgbFrame warped = Pictures.frame(warped(face, 0, x, y, opencv_imgproc.INTER_CUBIC));

            RgbFrame shifted =
                    Pictures.frame(Operations.affine(0, 1, x / SIDE, y / SIDE).apply(face));

            assertThat(difference(shifted, warped, 0, 0)).isLessThan(ROUNDING);
        }
    }

    @Test
    void shouldBendAllPicturesOfOneSizeAlikeAndOthersInProportion() {
        try (var scope = new PointerScope()) {
            var bend = new Bend(0.03, 5, 7);
            float[] first = sources(bend.map(64, 64));
            float[] larger = sources(bend.map(128, 128));

            assertThat(sources(bend.map(64, 64))).isEqualTo(first);
            assertThat(sources(new Bend(0.03, 5, 7).map(64, 64))).isEqualTo(first);
            assertThat(sources(new Bend(0.03, 5, 8).map(64, 64))).isNotEqualTo(first);
            assertThat(larger).hasSize(4 * first.length);
            for (int i = 0; i < first.length; i++) {
                double home = i % 2 == 0 ? i / 2 % 64 : Math.floorDiv(i / 2, 64);
                // A cubic overshoots what it passes through.
                assertThat(Math.abs(first[i] - home)).isLessThan(0.03 * 64 * 1.5);
            }
        }
    }

    private static float[] sources(Mat map) {
        float[] sources = new float[2 * map.rows() * map.cols()];
        try (FloatIndexer index = map.createIndexer()) {
            index.get(0, 0, sources);
        }
        return sources;
    }

    private static Mat warped(Mat face, double degrees, double x, double y, int interpolation) {
        Mat turn = opencv_imgproc.getRotationMatrix2D(new Point2f(SIDE / 2f, SIDE / 2f), degrees, 1);
        try (DoubleIndexer index = turn.createIndexer()) {
            index.put(0, 2, index.get(0, 2) + x);
            index.put(1, 2, index.get(1, 2) + y);
        }
        Mat out = new Mat();
        opencv_imgproc.warpAffine(
                face, out, turn, face.size(), interpolation, opencv_core.BORDER_REPLICATE, new Scalar());
        return out;
    }

    /** Mean over the values of a part that begins at (x, y) in the whole. */
    private static double difference(RgbFrame part, RgbFrame whole, int x, int y) {
        double sum = 0;
        for (int row = 0; row < part.height(); row++) {
            for (int i = 0; i < part.width() * 3; i++) {
                int a = part.rgb()[row * part.width() * 3 + i] & 255;
                int b = whole.rgb()[((row + y) * whole.width() + x) * 3 + i] & 255;
                sum += Math.abs(a - b);
            }
        }
        return sum / part.rgb().length;
    }

    private static RgbFrame picture() {
        var random = new Random(3);
        byte[] rgb = new byte[SIDE * SIDE * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (100 + 40 * Math.sin(i / 900.0) + 40 * Math.cos(i / 31.0) + random.nextInt(30));
        }
        return new RgbFrame(SIDE, SIDE, rgb);
    }
}
