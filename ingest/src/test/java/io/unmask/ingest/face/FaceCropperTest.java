package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceLandmarks.Point;
import io.unmask.ingest.clip.RgbFrame;
import org.junit.jupiter.api.Test;

class FaceCropperTest {
    private static final int RED = 0;
    private static final int GREEN = 1;

    /** Red is the column, green the row. */
    private final RgbFrame ramp = picture(200, 100, (x, y) -> new int[] {x, y, 7});

    @Test
    void shouldCutTheVeryPixelsWhenNothingIsScaled() {
        RgbFrame crop = new FaceCropper(new CropSpec(16, 1)).crop(ramp, new FaceBox(40, 30, 16, 16), 0);

        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
                assertThat(level(crop, x, y, RED)).isEqualTo(40 + x);
                assertThat(level(crop, x, y, GREEN)).isEqualTo(30 + y);
            }
        }
    }

    @Test
    void shouldCutAScaledSquareAroundTheBoxsCentre() {
        RgbFrame crop = new FaceCropper(new CropSpec(8, 2)).crop(ramp, new FaceBox(90, 45, 20, 10), 0);

        assertThat(mean(crop, RED)).as("centre column").isCloseTo(99.5, within(0.6));
        assertThat(mean(crop, GREEN)).as("centre row").isCloseTo(49.5, within(0.6));
        assertThat(level(crop, 7, 0, RED) - level(crop, 0, 0, RED)).isCloseTo(40 * 7 / 8, within(1));
    }

    @Test
    void shouldRepeatTheEdgeBeyondThePicture() {
        RgbFrame crop = new FaceCropper(new CropSpec(32, 1)).crop(ramp, new FaceBox(-16, -16, 32, 32), 0);

        assertThat(level(crop, 0, 0, RED)).isZero();
        assertThat(level(crop, 15, 31, RED)).isZero();
        assertThat(level(crop, 31, 0, RED)).isEqualTo(15);
        assertThat(level(crop, 0, 31, GREEN)).isEqualTo(15);
    }

    @Test
    void shouldCutABoxThatLiesWhollyOutside() {
        RgbFrame crop = new FaceCropper(new CropSpec(8, 1)).crop(ramp, new FaceBox(500, -300, 50, 50), 0);

        assertThat(mean(crop, RED)).isEqualTo(199);
        assertThat(mean(crop, GREEN)).isZero();
    }

    @Test
    void shouldCutNoMoreThanThePictureWhenTheBoxIsLarger() {
        FaceCropper cropper = new FaceCropper(new CropSpec(8, 1));

        assertThat(cropper.crop(ramp, new FaceBox(-3900, -3950, 8000, 8000), 0).rgb())
                .isEqualTo(cropper.crop(ramp, new FaceBox(0, -50, 200, 200), 0).rgb());
    }

    @Test
    void shouldAverageWhenItShrinks() {
        RgbFrame stripes = picture(256, 256, (x, y) -> new int[] {x % 2 * 200, 0, 0});

        RgbFrame crop = new FaceCropper(new CropSpec(32, 1)).crop(stripes, new FaceBox(0, 0, 256, 256), 0);

        for (int x = 0; x < 32; x++) {
            assertThat(level(crop, x, 16, RED)).isEqualTo(100);
        }
    }

    @Test
    void shouldTurnAroundTheMiddleOfTheBox() {
        RgbFrame crop = new FaceCropper(new CropSpec(32, 1)).crop(ramp, new FaceBox(84, 34, 32, 32), Math.PI / 2);

        // A quarter turn clockwise: what is on the crop's right lies further down in the picture.
        for (int i = 0; i < 32; i++) {
            assertThat(level(crop, i, 8, GREEN)).isCloseTo(34 + i, within(1));
            assertThat(level(crop, 8, i, RED)).isCloseTo(115 - i, within(1));
        }
    }

    @Test
    void shouldLevelTheEyesOfALeaningFaceAtAnySize() {
        for (double size : new double[] {20, 45, 90}) {
            for (double roll : new double[] {-0.6, -0.1, 0.3}) {
                Point middle = new Point(300, 300);
                FaceLandmarks points = new FaceLandmarks(
                        at(middle, -size / 2, 0, roll),
                        at(middle, size / 2, 0, roll),
                        at(middle, 0, size / 2, roll),
                        at(middle, 0, size, roll));
                RgbFrame picture = picture(600, 600, (x, y) -> new int[] {
                    isNear(points.leftEye(), x, y, size) ? 255 : 0,
                    isNear(points.rightEye(), x, y, size) ? 255 : 0,
                    isNear(points.mouth(), x, y, size) ? 255 : 0
                });

                RgbFrame crop = new FaceCropper(new CropSpec(160, 1.4)).crop(picture, points.box(), points.roll());

                Point left = centre(crop, RED);
                Point right = centre(crop, GREEN);
                Point mouth = centre(crop, 2);
                assertThat(points.roll()).isCloseTo(roll, within(1e-9));
                assertThat(left.y()).as("size %s roll %s", size, roll).isCloseTo(right.y(), within(0.4));
                assertThat(mouth.x()).isCloseTo(79.5, within(0.4));
                double side = 1.5 * 2 * size * 1.4;
                assertThat(right.x() - left.x()).isCloseTo(size / side * 160, within(0.8));
                assertThat(left.y()).isCloseTo(79.5 - 0.35 * size / side * 160, within(0.6));
            }
        }
    }

    private static Point at(Point middle, double right, double down, double roll) {
        return new Point(
                middle.x() + right * Math.cos(roll) - down * Math.sin(roll),
                middle.y() + right * Math.sin(roll) + down * Math.cos(roll));
    }

    private static boolean isNear(Point point, int x, int y, double size) {
        return Math.hypot(x + 0.5 - point.x(), y + 0.5 - point.y()) < size / 5;
    }

    private static Point centre(RgbFrame frame, int channel) {
        double light = 0;
        double across = 0;
        double down = 0;
        for (int i = 0; i < frame.width() * frame.height(); i++) {
            int level = frame.rgb()[3 * i + channel] & 255;
            light += level;
            across += level * (i % frame.width());
            down += level * (i / frame.width());
        }
        return new Point(across / light, down / light);
    }

    @Test
    void shouldEnlargeSmoothly() {
        RgbFrame crop = new FaceCropper(new CropSpec(64, 1)).crop(ramp, new FaceBox(50, 50, 8, 8), 0);

        for (int x = 1; x < 64; x++) {
            assertThat(level(crop, x, 32, RED) - level(crop, x - 1, 32, RED)).isBetween(0, 1);
        }
    }

    @Test
    void shouldRefuseASpecThatNoModelCanMean() {
        assertThatThrownBy(() -> new CropSpec(0, 1)).hasMessage("crop size = 0: must be from 8 to 1024 pixels");
        assertThatThrownBy(() -> new CropSpec(128, Double.NaN)).hasMessage("crop scale = NaN: must be from 0.2 to 5");
    }

    private interface Painter {
        int[] colour(int x, int y);
    }

    private static RgbFrame picture(int width, int height, Painter painter) {
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++) {
            int[] colour = painter.colour(i % width, i / width);
            for (int channel = 0; channel < 3; channel++) {
                rgb[i * 3 + channel] = (byte) colour[channel];
            }
        }
        return new RgbFrame(width, height, rgb);
    }

    private static int level(RgbFrame frame, int x, int y, int channel) {
        return frame.rgb()[(y * frame.width() + x) * 3 + channel] & 255;
    }

    private static double mean(RgbFrame frame, int channel) {
        double sum = 0;
        for (int i = channel; i < frame.rgb().length; i += 3) {
            sum += frame.rgb()[i] & 255;
        }
        return sum / (frame.width() * frame.height());
    }
}
