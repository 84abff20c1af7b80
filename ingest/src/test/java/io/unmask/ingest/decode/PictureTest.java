package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_FFV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG4;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_VP9;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P10LE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVA420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;

import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PictureTest {
    private static final int[] RED = {200, 0, 0};
    private static final int[] GREEN = {0, 200, 0};
    private static final int[] BLUE = {0, 0, 200};

    @TempDir
    Path folder;

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of("8-bit.mp4", AV_CODEC_ID_MPEG4, AV_PIX_FMT_YUV420P),
                Arguments.of("mov.mov", AV_CODEC_ID_MPEG4, AV_PIX_FMT_YUV420P),
                Arguments.of("avi.avi", AV_CODEC_ID_MPEG4, AV_PIX_FMT_YUV420P),
                Arguments.of("webm.webm", AV_CODEC_ID_VP9, AV_PIX_FMT_YUV420P),
                Arguments.of("10-bit.mkv", AV_CODEC_ID_FFV1, AV_PIX_FMT_YUV420P10LE),
                Arguments.of("444.mkv", AV_CODEC_ID_FFV1, AV_PIX_FMT_YUV444P),
                Arguments.of("alpha.mkv", AV_CODEC_ID_FFV1, AV_PIX_FMT_YUVA420P));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldGiveTheSameColoursWhateverTheContainerAndPixelFormat(String name, int codec, int format)
            throws Exception {
        Sources.Drained drained =
                Sources.drain(TestVideo.of(9).codec(codec, format).write(folder.resolve(name)), 100);

        assertThat(drained.indices()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(drained.counts()).isEqualTo(new Counts(9, 9, 0));
        assertQuarters(drained.pictures().get(0), List.of(RED, GREEN, BLUE));
    }

    @Test
    void shouldGiveAPartTheColoursThatItHasInTheWhole() throws Exception {
        Path file = TestVideo.of(2).size(320, 240).noisy().write(folder.resolve("v.mp4"));
        try (FrameSource source = Sources.open(file, 8)) {
            Picture picture = source.next().orElseThrow().picture();
            RgbFrame whole = picture.copy();

            for (int[] part : new int[][] {{0, 0, 1, 1}, {33, 7, 50, 61}, {101, 100, 219, 140}, {319, 239, 1, 1}}) {
                Picture.Pixels cut = picture.rgb(part[0], part[1], part[2], part[3]);
                Picture.Pixels expected = whole.rgb(part[0], part[1], part[2], part[3]);
                for (int y = 0; y < part[3]; y++) {
                    assertThat(row(cut, y, part[2] * 3)).isEqualTo(row(expected, y, part[2] * 3));
                }
            }
        }
    }

    @Test
    void shouldShowTheBrightnessOfItsColours() throws Exception {
        Path file = TestVideo.of(2).size(320, 240).write(folder.resolve("v.mp4"));
        try (FrameSource source = Sources.open(file, 8)) {
            Picture picture = source.next().orElseThrow().picture();
            Picture.Pixels luma = picture.luma();
            Picture.Pixels weighed = picture.copy().luma();

            for (int[] at : new int[][] {{80, 60}, {240, 60}, {80, 180}}) {
                int level = row(luma, at[1], 320)[at[0]] & 255;
                int full = row(weighed, at[1], 320)[at[0]] & 255;
                assertThat(level).as("video levels: 16 to 235").isCloseTo(16 + full * 219 / 255, within(3));
            }
        }
    }

    private static byte[] row(Picture.Pixels pixels, int y, int length) {
        byte[] row = new byte[length];
        pixels.bytes().get(pixels.bytes().position() + y * pixels.stride(), row);
        return row;
    }

    @ParameterizedTest
    @CsvSource({"97, 65", "95, 63", "33, 97"})
    void shouldKeepEveryPixelWhenTheSidesAreOdd(int width, int height) throws Exception {
        Path file = folder.resolve("odd.y4m");
        Files.write(file, redY4m(width, height));
        RgbFrame picture = Sources.drain(file, 8).pictures().get(0);

        assertThat(picture.width()).isEqualTo(width);
        assertThat(picture.height()).isEqualTo(height);
        for (int at = 0; at < picture.rgb().length; at += 3) {
            assertThat(picture.rgb()[at] & 0xff).isCloseTo(200, within(3));
            assertThat(picture.rgb()[at + 1] & 0xff).isLessThan(4);
        }
    }

    /** One uncompressed frame of red 200; JavaCV's recorder makes no odd sides. */
    private static byte[] redY4m(int width, int height) {
        byte[] head = "YUV4MPEG2 W%d H%d F25:1 C420jpeg\nFRAME\n"
                .formatted(width, height)
                .getBytes(StandardCharsets.US_ASCII);
        int luma = width * height;
        int chroma = (width + 1) / 2 * ((height + 1) / 2);
        byte[] file = Arrays.copyOf(head, head.length + luma + 2 * chroma);
        Arrays.fill(file, head.length, head.length + luma, (byte) 67);
        Arrays.fill(file, head.length + luma, head.length + luma + chroma, (byte) 98);
        Arrays.fill(file, head.length + luma + chroma, file.length, (byte) 216);
        return file;
    }

    @Test
    void shouldReadAProgramStreamWhoseTimesDoNotStartAtZero() throws Exception {
        Path file = TestVideo.of(25)
                .codec(AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P)
                .stamps(n -> n * 40_000L)
                .frameRate(25)
                .write(folder.resolve("v.mpg"));
        Sources.Drained drained = Sources.drain(file, 8);

        assertThat(drained.indices()).containsExactly(0, 3, 6, 9, 13, 16, 19, 22);
        assertThat(drained.millis()).startsWith(0L, 120L, 240L, 360L, 520L);
    }

    @Test
    void shouldReadAPhotoAsAVideoOfOneFrame() throws Exception {
        // Larger than the first bytes that FFmpeg guesses the format by.
        Path jpeg = TestVideo.of(1)
                .size(1280, 960)
                .codec(AV_CODEC_ID_MJPEG, AV_PIX_FMT_YUVJ420P)
                .write(folder.resolve("p.jpg"));
        Path png = TestVideo.of(1).codec(AV_CODEC_ID_PNG, AV_PIX_FMT_RGB24).write(folder.resolve("p.png"));

        for (Path photo : List.of(jpeg, png)) {
            Sources.Drained drained = Sources.drain(photo, 8);
            assertThat(drained.micros()).containsExactly(0L);
            assertThat(drained.counts()).isEqualTo(new Counts(1, 1, 0));
            assertQuarters(drained.pictures().get(0), List.of(RED, GREEN, BLUE));
        }
    }

    /** The display matrix's a, b, c, d, the upright size, and the colours then seen upper left, upper right and lower left. */
    static Stream<Arguments> turns() {
        int[] grey = {16, 16, 16};
        return Stream.of(
                Arguments.of(new int[] {0, 1, -1, 0}, 64, 96, List.of(BLUE, RED, grey)),
                Arguments.of(new int[] {-1, 0, 0, -1}, 96, 64, List.of(grey, BLUE, GREEN)),
                Arguments.of(new int[] {0, -1, 1, 0}, 64, 96, List.of(GREEN, grey, RED)),
                Arguments.of(new int[] {-1, 0, 0, 1}, 96, 64, List.of(GREEN, RED, grey)));
    }

    @ParameterizedTest
    @MethodSource("turns")
    void shouldStandUprightWhenTheCameraWasTurned(int[] turn, int width, int height, List<int[]> quarters)
            throws Exception {
        Path file = TestVideo.of(2).write(folder.resolve("v.mp4"));
        Mp4.setDisplayMatrix(file, turn);
        RgbFrame picture = Sources.drain(file, 8).pictures().get(0);

        assertThat(picture.width()).isEqualTo(width);
        assertThat(picture.height()).isEqualTo(height);
        assertQuarters(picture, quarters);
    }

    @ParameterizedTest
    @CsvSource({"1.5, 144, 64", "0.5, 96, 128"})
    void shouldStretchThePictureWhenPixelsAreNotSquare(double aspect, int width, int height) throws Exception {
        Path file = TestVideo.of(2).pixelAspect(aspect).write(folder.resolve("v.mkv"));
        RgbFrame picture = Sources.drain(file, 8).pictures().get(0);

        assertThat(picture.width()).isEqualTo(width);
        assertThat(picture.height()).isEqualTo(height);
        assertQuarters(picture, List.of(RED, GREEN, BLUE));
    }

    @Test
    void shouldTakeOneFieldWhenTheVideoIsInterlaced() throws Exception {
        // Even lines show a white picture, odd lines a black one: a weave of both would be striped.
        Path file = TestVideo.of(3)
                .codec(AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P)
                .interlaced()
                .write(folder.resolve("v.mkv"));
        RgbFrame picture = Sources.drain(file, 8).pictures().get(0);

        for (int y = 2; y < picture.height() - 2; y++) {
            assertThat(picture.rgb()[(y * picture.width() + 40) * 3] & 0xff).isGreaterThan(200);
        }
    }

    private static void assertQuarters(RgbFrame picture, List<int[]> colours) {
        double[][] points = {{0.25, 0.25}, {0.75, 0.25}, {0.25, 0.75}};
        for (int i = 0; i < colours.size(); i++) {
            int[] seen = TestVideo.rgb(picture, points[i][0], points[i][1]);
            for (int c = 0; c < 3; c++) {
                assertThat(seen[c]).as("colour %d of quarter %d", c, i).isCloseTo(colours.get(i)[c], within(14));
            }
        }
    }

    private static final class Mp4 {
        /** Overwrites the matrix of the first track's header ({@code tkhd}, version 0): ISO/IEC 14496-12, 8.3.2. */
        static void setDisplayMatrix(Path file, int[] turn) throws Exception {
            byte[] bytes = Files.readAllBytes(file);
            int box = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("tkhd");
            assertThat(box).isPositive();
            ByteBuffer matrix = ByteBuffer.wrap(bytes, box + 4 + 40, 36);
            int one = 1 << 16;
            for (int number :
                    new int[] {turn[0] * one, turn[1] * one, 0, turn[2] * one, turn[3] * one, 0, 0, 0, 1 << 30}) {
                matrix.putInt(number);
            }
            Files.write(file, bytes);
        }
    }
}
