package io.unmask.detector.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongToDoubleFunction;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {
    private static final long STEP_MICROS = 125_000;

    @Test
    void shouldKeepTheMostAndTheLeastSuspectPicture() {
        Snapshots snapshots = new Snapshots(3);
        offer(snapshots, 1, 500, i -> i == 317 ? 0.97 : i == 123 ? 0.02 : 0.5);

        assertThat(snapshots.mostSuspect(1).orElseThrow().timeMicros()).isEqualTo(317 * STEP_MICROS);
        assertThat(snapshots.of(1))
                .anySatisfy(picture -> assertThat(picture.timeMicros()).isEqualTo(123 * STEP_MICROS));
    }

    @Test
    void shouldKeepFewPicturesSpreadOverTheWholeTime() {
        Snapshots snapshots = new Snapshots(3);
        offer(snapshots, 1, 500, i -> 0.5);

        assertThat(snapshots.of(1)).hasSizeBetween(9, 22);
        assertThat(snapshots.of(1).get(snapshots.of(1).size() - 1).timeMicros()).isGreaterThan(430 * STEP_MICROS);
        assertThat(snapshots.of(1)).extracting(Snapshot::timeMicros).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void shouldKeepASharedSampleOnceWithItsHighestScore() {
        Snapshots snapshots = new Snapshots(3);
        for (double pFake : new double[] {0.4, 0.8, 0.6}) {
            snapshots.offer(1, MadeUp.sample(1, 0), OptionalDouble.of(pFake));
        }

        assertThat(snapshots.of(1)).singleElement().satisfies(picture -> assertThat(picture.pFake())
                .hasValue(0.8));
    }

    @Test
    void shouldKeepUnscoredPicturesButCallNoneSuspect() {
        Snapshots snapshots = new Snapshots(3);
        snapshots.offer(1, MadeUp.sample(1, 0), OptionalDouble.empty());

        assertThat(snapshots.of(1)).hasSize(1);
        assertThat(snapshots.mostSuspect(1)).isEmpty();
    }

    @Test
    void shouldLetTheLeastSuspectFaceGoWhenThereAreTooMany() {
        Snapshots snapshots = new Snapshots(2);
        offer(snapshots, 1, 3, i -> 0.9);
        offer(snapshots, 2, 3, i -> 0.1);
        offer(snapshots, 3, 3, i -> 0.5);

        assertThat(snapshots.of(1)).isNotEmpty();
        assertThat(snapshots.of(2)).isEmpty();
        assertThat(snapshots.of(3)).isNotEmpty();
    }

    @Test
    void shouldKeepOfAFaceThatLeftOnlyWhatTheReportShows() {
        Snapshots snapshots = new Snapshots(3);
        offer(snapshots, 1, 500, i -> i == 317 ? 0.97 : i == 123 ? 0.02 : 0.5);
        List<Snapshot> shown = PictureView.choose(snapshots.of(1), 6);

        snapshots.settle(1, 1, crops -> List.of());
        assertThat(snapshots.of(1)).isEqualTo(shown).hasSize(6);
        assertThat(snapshots.mostSuspect(1).orElseThrow().timeMicros()).isEqualTo(317 * STEP_MICROS);
        snapshots.settle(1, 1000, crops -> List.of());
        assertThat(snapshots.of(1)).hasSize(1);
    }

    @Test
    void shouldFindOutWhereTheMostSuspectPictureIsForged() {
        Snapshots snapshots = new Snapshots(3);
        offer(snapshots, 1, 10, i -> i == 3 ? 0.97 : 0.5);
        snapshots.settle(
                1,
                1,
                crops -> List.<float[][]>of(new float[][] {{0, crops.get(0).width() == 112 ? 1 : 0.5f}}));

        assertThat(snapshots.of(1))
                .filteredOn(picture -> picture.forged().isPresent())
                .singleElement()
                .satisfies(picture -> {
                    assertThat(picture.timeMicros()).isEqualTo(3 * STEP_MICROS);
                    assertThat(picture.forged().orElseThrow().shares()).isDeepEqualTo(new float[][] {{0, 1}});
                });
    }

    /** As on a full disk, or in a container whose file system is read-only. */
    @Test
    void shouldLocateForgedPartsWhenNoTemporaryFileCanBeWritten(@TempDir Path gone) throws IOException {
        Snapshots snapshots = new Snapshots(3);
        offer(snapshots, 1, 1, i -> 0.97);
        ImageIO.setUseCache(true);
        ImageIO.setCacheDirectory(gone.toFile());
        Files.delete(gone);
        try {
            snapshots.settle(1, 1, crops -> List.<float[][]>of(new float[][] {{1}}));

            assertThat(snapshots.of(1)).singleElement().satisfies(picture -> assertThat(
                            picture.forged().orElseThrow().dataUri())
                    .startsWith("data:image/png;base64,iVBORw0KGgo"));
        } finally {
            ImageIO.setCacheDirectory(null);
        }
    }

    @Test
    void shouldForgetAFace() {
        Snapshots snapshots = new Snapshots(2);
        offer(snapshots, 1, 3, i -> 0.9);
        snapshots.forget(1);

        assertThat(snapshots.of(1)).isEmpty();
    }

    @Test
    void shouldKeepPicturesThatLookLikeTheCrop() throws IOException {
        Snapshots snapshots = new Snapshots(1);
        snapshots.offer(1, MadeUp.sample(1, 0), OptionalDouble.of(0.5));

        var image = ImageIO.read(new ByteArrayInputStream(snapshots.of(1).get(0).jpeg()));
        byte[] crop = MadeUp.sample(1, 0).crop().rgb();
        int centre = image.getRGB(56, 40);
        int at = 3 * (40 * 112 + 56);
        assertThat(image.getWidth()).isEqualTo(112);
        assertThat(centre >> 16 & 0xff).isCloseTo(crop[at] & 0xff, within(6));
        assertThat(centre & 0xff).isCloseTo(crop[at + 2] & 0xff, within(6));
    }

    @Test
    void shouldRefuseToKeepNoFaceAtAll() {
        assertThatThrownBy(() -> new Snapshots(0)).hasMessage("maxFaces = 0: must be at least 1");
    }

    private static void offer(Snapshots snapshots, int track, int samples, LongToDoubleFunction pFake) {
        for (long i = 0; i < samples; i++) {
            snapshots.offer(track, MadeUp.sample(track, i * STEP_MICROS), OptionalDouble.of(pFake.applyAsDouble(i)));
        }
    }
}
