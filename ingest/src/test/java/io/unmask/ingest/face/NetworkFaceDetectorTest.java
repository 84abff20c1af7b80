package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.face.FaceDetector.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NetworkFaceDetectorTest {
    private final FaceDetector detector = FaceDetector.open(new Settings.Face(Optional.empty(), 40, 0.7, 0.3, 1000));

    @AfterEach
    void close() {
        detector.close();
    }

    @Test
    void shouldFindNoFaceInNoise() {
        byte[] rgb = new byte[640 * 480 * 3];
        new Random(1).nextBytes(rgb);

        assertThat(search(new RgbFrame(640, 480, rgb))).isEmpty();
    }

    @Test
    void shouldFindNoFaceWhereThereIsNone() {
        assertThat(search(TestPictures.first("no-face.mp4"))).isEmpty();
    }

    @Test
    void shouldTakePicturesOfAnySizeOneAfterTheOther() {
        for (int[] size : new int[][] {{1, 1}, {3000, 2}, {7, 900}, {1, 1}, {333, 217}}) {
            RgbFrame picture = new RgbFrame(size[0], size[1], new byte[size[0] * size[1] * 3]);

            assertThat(search(picture)).isEmpty();
            assertThat(detector.follow(picture, List.of(new FaceBox(-50, -50, 60, 60), new FaceBox(0, 0, 0, 0))))
                    .isEmpty();
        }
    }

    @Test
    void shouldFindEachOfTwoFacesOnce() {
        assertThat(search(TestPictures.first("two-faces.mp4"))).hasSize(2);
    }

    @Test
    void shouldLeaveOutTheFacesThatAreKnown() {
        RgbFrame picture = TestPictures.first("two-faces.mp4");
        List<FaceHit> both = search(picture);

        List<FaceHit> other =
                detector.search(picture, Reach.ALL_FACES, List.of(both.get(0).box()));

        assertThat(other).hasSize(1);
        assertThat(other.get(0).box().overlap(both.get(1).box())).isGreaterThan(0.9);
    }

    @Test
    void shouldPlaceTheLandmarksOfAnUprightFace() {
        FaceLandmarks points =
                search(TestPictures.first("authentic-1.mp4")).get(0).landmarks().orElseThrow();

        assertThat(points.roll()).isCloseTo(0, within(0.1));
        assertThat(points.leftEye().x()).isLessThan(points.nose().x());
        assertThat(points.nose().x()).isLessThan(points.rightEye().x());
        assertThat(points.nose().y())
                .isBetween(points.leftEye().y(), points.mouth().y());
        assertThat(points.frontality()).isGreaterThan(0.8);
    }

    @Test
    void shouldFindASmallFaceFarFromALargeOneInA4kPicture() {
        RgbFrame picture = TestPictures.grey(3840, 2160);
        RgbFrame face = TestPictures.first("authentic-1.mp4");
        TestPictures.paste(face, picture, 100, 200, 1);
        TestPictures.paste(face, picture, 3100, 1700, 4);

        assertThat(search(picture))
                .anySatisfy(hit -> assertThat(hit.box().overlap(new FaceBox(250, 306, 192, 192)))
                        .isGreaterThan(0.7))
                .anySatisfy(hit -> assertThat(hit.box().overlap(new FaceBox(3137, 1726, 48, 48)))
                        .isGreaterThan(0.6))
                .hasSize(2);
    }

    @Test
    void shouldFollowAFaceThatMovedToTheBoxThatTheSearchFinds() {
        RgbFrame picture = TestPictures.first("authentic-1.mp4");
        FaceBox box = search(picture).get(0).box();
        for (double off : new double[] {-0.3, -0.1, 0, 0.2}) {
            FaceBox last = box.moved(off * box.width(), -off * box.width());

            List<FaceHit> hits = detector.follow(picture, List.of(last));

            assertThat(hits).hasSize(1);
            assertThat(hits.get(0).box().overlap(box)).isGreaterThan(0.85);
        }
    }

    @Test
    void shouldFollowOneFaceOnce() {
        RgbFrame picture = TestPictures.first("authentic-1.mp4");
        FaceBox box = search(picture).get(0).box();

        assertThat(detector.follow(picture, List.of(box, box.moved(10, 0)))).hasSize(1);
    }

    @Test
    void shouldTellThatAFaceIsLost() {
        RgbFrame picture = TestPictures.first("no-face.mp4");

        assertThat(detector.follow(picture, List.of(new FaceBox(150, 106, 192, 192))))
                .isEmpty();
    }

    @Test
    void shouldFindTheFaceOfNearlyEveryRealVideoOnce() throws IOException {
        Path folder = TestPictures.shared("data", "clips", "real");
        try (Stream<Path> files = Files.list(folder).sorted()) {
            List<Integer> counts =
                    files.map(file -> search(TestPictures.first(file)).size()).toList();

            assertThat(counts).hasSizeGreaterThan(30);
            assertThat(counts.stream().filter(count -> count == 1).count())
                    .isGreaterThanOrEqualTo(counts.size() * 95L / 100);
        }
    }

    private List<FaceHit> search(RgbFrame picture) {
        return detector.search(picture, Reach.ALL_FACES, List.of());
    }
}
