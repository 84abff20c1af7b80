package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.getRotationMatrix2D;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;
import static org.bytedeco.opencv.global.opencv_imgproc.warpAffine;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.face.FaceDetector.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point2f;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Counts faces that are found and false ones, in real videos' first pictures and what is made of them. */
@Tag("slow")
class FaceRecallTest {
    private static final int VIDEOS = 75;

    private int plain;
    private int tilted;
    private int small;
    private long falseFaces;

    @Test
    void shouldFindNearlyAllFacesWithTheShippedNetwork() throws IOException {
        measure(Optional.empty());

        assertThat(plain).isGreaterThanOrEqualTo(VIDEOS - 1);
        assertThat(tilted).isGreaterThanOrEqualTo(VIDEOS * 9 / 10);
        assertThat(small).isGreaterThanOrEqualTo(VIDEOS * 9 / 10);
        assertThat(falseFaces).isLessThanOrEqualTo(VIDEOS / 15);
    }

    @Test
    void shouldFindNearlyAllFacesWithYuNet() throws IOException {
        measure(Optional.of(TestPictures.shared("weights", "yunet-s-640.onnx")));

        assertThat(plain).isGreaterThanOrEqualTo(VIDEOS - 1);
        assertThat(falseFaces).isLessThanOrEqualTo(VIDEOS / 15);
    }

    private void measure(Optional<Path> yunet) throws IOException {
        Path clips = TestPictures.shared("data", "clips");
        Path tools = TestPictures.shared("data", "tools");
        Settings.Face settings = new Settings.Face(yunet, 40, 0.7, 0.3, 800);
        try (FaceDetector detector = FaceDetector.open(settings);
                Stream<Path> first = Files.walk(clips).sorted();
                Stream<Path> then = Files.walk(tools).sorted()) {
            List<Path> files = Stream.concat(first, then)
                    .filter(file -> file.toString().endsWith(".mp4"))
                    .limit(VIDEOS)
                    .toList();
            for (Path file : files) {
                RgbFrame picture = TestPictures.first(file);
                plain += count(detector, picture) == 1 ? 1 : 0;
                tilted += count(detector, turned(picture, 30)) == 1 ? 1 : 0;
                small += count(detector, far(picture)) == 1 ? 1 : 0;
                falseFaces += count(detector, belowTheChin(picture));
            }
        }
        System.out.printf(
                "%s: of %d, found once as they are %d, turned by 30 degrees %d, 50 px in 1280x720 %d; false %d%n",
                yunet.isPresent() ? "YuNet" : "BlazeFace", VIDEOS, plain, tilted, small, falseFaces);
    }

    private static long count(FaceDetector detector, RgbFrame picture) {
        return detector.search(picture, Reach.ALL_FACES, List.of()).stream()
                .filter(hit -> hit.score() >= 0.7)
                .count();
    }

    private static RgbFrame turned(RgbFrame picture, double degrees) {
        try (BytePointer pixels = new BytePointer(picture.rgb());
                Mat from = new Mat(picture.height(), picture.width(), CV_8UC3, pixels);
                Mat to = new Mat();
                Point2f middle = new Point2f(picture.width() / 2f, picture.height() / 2f);
                Mat turn = getRotationMatrix2D(middle, degrees, 1)) {
            warpAffine(from, to, turn, from.size());
            return frame(to);
        }
    }

    /** The picture in a corner of a larger one, so small that its face is some 50 pixels wide. */
    private static RgbFrame far(RgbFrame picture) {
        int width = 90 * picture.width() / Math.min(picture.width(), picture.height());
        int height = 90 * picture.height() / Math.min(picture.width(), picture.height());
        RgbFrame scene = TestPictures.grey(1280, 720);
        TestPictures.paste(resized(picture, width, height), scene, 900, 400, 1);
        return scene;
    }

    /** The lowest sixth of the picture: clothes, necklines and what is beside them. */
    private static RgbFrame belowTheChin(RgbFrame picture) {
        int height = picture.height() / 6;
        byte[] rgb = new byte[3 * picture.width() * height];
        System.arraycopy(picture.rgb(), picture.rgb().length - rgb.length, rgb, 0, rgb.length);
        return resized(new RgbFrame(picture.width(), height, rgb), 4 * picture.width(), 4 * height);
    }

    private static RgbFrame resized(RgbFrame picture, int width, int height) {
        try (BytePointer pixels = new BytePointer(picture.rgb());
                Mat from = new Mat(picture.height(), picture.width(), CV_8UC3, pixels);
                Mat to = new Mat();
                Size size = new Size(width, height)) {
            resize(from, to, size, 0, 0, INTER_AREA);
            return frame(to);
        }
    }

    private static RgbFrame frame(Mat mat) {
        byte[] rgb = new byte[3 * mat.cols() * mat.rows()];
        try (BytePointer pixels = mat.data()) {
            pixels.get(rgb);
        }
        return new RgbFrame(mat.cols(), mat.rows(), rgb);
    }
}
