package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.RgbFrame;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CascadeFaceDetectorTest {
    private static final int BORDER_PX = 112;

    private final CascadeFaceDetector detector =
            new CascadeFaceDetector(new Settings.Face(Optional.empty(), 480, 40, 3, 0.3, 1000));

    @AfterEach
    void close() {
        detector.close();
    }

    @Test
    void shouldFindNoFaceInNoise() {
        byte[] rgb = new byte[640 * 480 * 3];
        new Random(1).nextBytes(rgb);

        assertThat(detector.detect(new RgbFrame(640, 480, rgb), List.of(), List.of()))
                .isEmpty();
    }

    @Test
    void shouldTakePicturesOfAnySizeOneAfterTheOther() {
        for (int[] size : new int[][] {{1, 1}, {3000, 2}, {7, 900}, {1, 1}, {333, 217}}) {
            RgbFrame picture = new RgbFrame(size[0], size[1], new byte[size[0] * size[1] * 3]);

            assertThat(detector.detect(picture, List.of(), List.of(new FaceBox(-50, -50, 60, 60))))
                    .isEmpty();
        }
    }

    @Test
    void shouldMoveAHitFromTheShrunkPartToThePicture() {
        FaceBox box = CascadeFaceDetector.faceBox(new FaceBox(10, 20, 100, 100), 30, 40, 0.5);

        assertThat(box.width()).isCloseTo(184, within(1e-9));
        assertThat(box.x()).as("centre 60 / 0.5 + 30").isCloseTo(150 - 92, within(1e-9));
        assertThat(box.y()).as("centre (70 + 8) / 0.5 + 40").isCloseTo(196 - 92, within(1e-9));
    }

    @Test
    void shouldFollowAFaceToTheBoxThatTheWholeSearchFinds() {
        List<FaceBox> whole = new ArrayList<>();
        List<FaceBox> followed = new ArrayList<>();
        for (RgbFrame picture : faces()) {
            largest(picture).ifPresent(box -> {
                double off = 0.1 * box.width();
                FaceBox last = new FaceBox(box.x() + off, box.y() - off, box.width(), box.height());
                List<FaceHit> hits = detector.follow(picture, List.of(last));

                assertThat(hits).hasSize(1);
                assertThat(hits.get(0).box().overlap(box)).isGreaterThan(0.75);
                whole.add(box);
                followed.add(hits.get(0).box());
            });
        }
        assertThat(followed).hasSizeGreaterThan(50);
        assertThat(median(followed, FaceBox::width)).isCloseTo(median(whole, FaceBox::width), within(2.0));
        assertThat(median(followed, FaceBox::x)).isCloseTo(median(whole, FaceBox::x), within(2.0));
        assertThat(median(followed, FaceBox::y)).isCloseTo(median(whole, FaceBox::y), within(2.0));
    }

    @Test
    void shouldFindAFaceBesideOneThatIsKnownAndThatOneOnce() {
        List<RgbFrame> faces = faces();
        int pairs = 0;
        for (int i = 0; i + 1 < faces.size(); i += 2) {
            RgbFrame picture = beside(faces.get(i), faces.get(i + 1));
            List<FaceBox> whole = boxes(detector.detect(picture, List.of(), List.of()));
            if (whole.size() == 2) {
                pairs++;
                List<FaceBox> found = boxes(detector.detect(picture, whole.subList(0, 1), List.of()));

                assertThat(found).hasSize(2);
                assertThat(found.get(0).overlap(whole.get(0))).isGreaterThan(0.75);
                assertThat(found.get(1).overlap(whole.get(1))).isGreaterThan(0.95);
            }
        }
        assertThat(pairs).isGreaterThan(20);
    }

    @Test
    void shouldFindAFaceThatIsNotWhereItIsKnownToBe() {
        RgbFrame picture = faces().get(0);
        List<FaceBox> whole = boxes(detector.detect(picture, List.of(), List.of()));

        assertThat(boxes(detector.detect(picture, List.of(new FaceBox(-50, -50, 60, 60)), List.of())))
                .isEqualTo(whole)
                .isNotEmpty();
    }

    @Test
    void shouldFindAFaceThatGrewWhereASmallOneWasKnown() {
        int found = 0;
        int sought = 0;
        for (RgbFrame picture : faces()) {
            Optional<FaceBox> face = largest(picture);
            if (face.isPresent()) {
                FaceBox box = face.get();
                double side = box.width() / 3;
                FaceBox small = new FaceBox(box.x() + side, box.y() + side, side, side);
                sought++;
                found += detector.detect(picture, List.of(small), List.of()).stream()
                                .anyMatch(hit -> hit.box().overlap(box) > 0.75)
                        ? 1
                        : 0;
            }
        }
        assertThat(sought).isGreaterThan(50);
        // In few faces, the cascade hits a small one in the middle.
        assertThat(found).isGreaterThan(sought * 9 / 10);
    }

    @Test
    void shouldTellThatAFaceIsLost() {
        RgbFrame picture = faces().get(0);

        assertThat(detector.follow(picture, List.of(new FaceBox(-50, -50, 60, 60))))
                .isEmpty();
    }

    @Test
    void shouldConfirmFacesAtTheFirstLook() {
        int confirmed = 0;
        int found = 0;
        for (RgbFrame picture : faces()) {
            Optional<FaceBox> box = largest(picture);
            found += box.isPresent() ? 1 : 0;
            confirmed += box.isPresent() && detector.confirms(picture, box.get()) ? 1 : 0;
        }
        assertThat(confirmed).isGreaterThan(found * 95 / 100);
    }

    @Test
    void shouldNotConfirmWhatHasNeitherEyesNorTheLooksOfAFace() {
        RgbFrame face = faces().get(0);
        FaceBox chin = new FaceBox(BORDER_PX + 60, BORDER_PX + 170, 100, 100);

        assertThat(detector.confirms(face, chin)).isFalse();
        assertThat(detector.confirms(face, new FaceBox(-500, -500, 60, 60))).isFalse();
    }

    /** What a crop shows must not depend on who found the face: training pictures were cut by another detector. */
    @Test
    void shouldGiveTheBoxThatTheTrainingPicturesWereCutBy() {
        List<FaceBox> boxes =
                faces().stream().flatMap(picture -> largest(picture).stream()).toList();

        assertThat(boxes).hasSizeGreaterThan(50);
        assertThat(median(boxes, FaceBox::width)).isCloseTo(224, within(10.0));
        assertThat(median(boxes, box -> box.x() + box.width() / 2)).isCloseTo(BORDER_PX + 112, within(6.0));
        assertThat(median(boxes, box -> box.y() + box.height() / 2)).isCloseTo(BORDER_PX + 112, within(6.0));
    }

    private static List<RgbFrame> faces() {
        Path faces = Path.of(System.getProperty("unmask.root"), "..", "shared", "data", "dfdc-faces", "real");
        assumeTrue(Files.isDirectory(faces), "needs " + faces);
        try (Stream<Path> pictures = Files.list(faces).sorted().limit(60)) {
            return pictures.map(CascadeFaceDetectorTest::bordered).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<FaceBox> largest(RgbFrame picture) {
        return detector.detect(picture, List.of(), List.of()).stream()
                .map(FaceHit::box)
                .filter(box -> box.width() > 112)
                .max((a, b) -> Double.compare(a.width(), b.width()));
    }

    private static List<FaceBox> boxes(List<FaceHit> hits) {
        return hits.stream().map(FaceHit::box).toList();
    }

    private static RgbFrame beside(RgbFrame left, RgbFrame right) {
        int row = 3 * left.width();
        byte[] rgb = new byte[2 * left.rgb().length];
        for (int y = 0; y < left.height(); y++) {
            System.arraycopy(left.rgb(), y * row, rgb, 2 * y * row, row);
            System.arraycopy(right.rgb(), y * row, rgb, (2 * y + 1) * row, row);
        }
        return new RgbFrame(2 * left.width(), left.height(), rgb);
    }

    private static RgbFrame bordered(Path path) {
        BufferedImage image;
        try {
            image = ImageIO.read(path.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int width = image.getWidth() + 2 * BORDER_PX;
        int height = image.getHeight() + 2 * BORDER_PX;
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++) {
            int x = Math.max(0, Math.min(image.getWidth() - 1, i % width - BORDER_PX));
            int y = Math.max(0, Math.min(image.getHeight() - 1, i / width - BORDER_PX));
            int colour = image.getRGB(x, y);
            rgb[3 * i] = (byte) (colour >> 16);
            rgb[3 * i + 1] = (byte) (colour >> 8);
            rgb[3 * i + 2] = (byte) colour;
        }
        return new RgbFrame(width, height, rgb);
    }

    private static double median(List<FaceBox> boxes, ToDoubleFunction<FaceBox> value) {
        return boxes.stream().mapToDouble(value).sorted().toArray()[boxes.size() / 2];
    }
}
