package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.RgbFrame;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FacePatchesTest {
    private static final FaceBox FACE = new FaceBox(100, 60, 96, 96);

    private final FacePatches patches = new FacePatches();

    @AfterEach
    void close() {
        patches.close();
    }

    @Test
    void shouldFindAFaceWhereItMovedToFinerThanByACell() {
        for (int[] moved : new int[][] {{0, 0}, {3, 0}, {-4, 2}, {7, -8}, {1, 1}}) {
            patches.remember(Scenes.at(0, 0), Map.of(1, FACE));

            Map<Integer, FaceHit> found = patches.find(Scenes.at(moved[0], moved[1]));

            assertThat(found).hasSize(1);
            FaceBox box = found.get(1).box();
            assertThat(box.x()).isCloseTo(FACE.x() + moved[0], within(0.5));
            assertThat(box.y()).isCloseTo(FACE.y() + moved[1], within(0.5));
            assertThat(box.width()).isEqualTo(FACE.width());
        }
    }

    @Test
    void shouldFindEachOfSeveralFaces() {
        FaceBox other = new FaceBox(210, 90, 64, 64);
        patches.remember(Scenes.at(0, 0), Map.of(1, FACE, 2, other));

        Map<Integer, FaceHit> found = patches.find(Scenes.at(2, 2));

        assertThat(found.get(1).box().x()).isCloseTo(102, within(0.5));
        assertThat(found.get(2).box().x()).isCloseTo(212, within(0.5));
    }

    @Test
    void shouldForgetAFaceThatWentFarIsCoveredOrLooksLikeItsSurroundings() {
        for (var gone : List.of(Scenes.at(14, 0), Scenes.other(), Scenes.plain())) {
            patches.remember(Scenes.at(0, 0), Map.of(1, FACE));

            assertThat(patches.find(gone)).isEmpty();
            assertThat(patches.find(Scenes.at(0, 0))).isEmpty();
        }
    }

    @Test
    void shouldForgetAllFaces() {
        patches.remember(Scenes.at(0, 0), Map.of(1, FACE));

        patches.forget();

        assertThat(patches.find(Scenes.at(0, 0))).isEmpty();
    }

    @Test
    void shouldForgetAFaceAfterThreePictures() {
        patches.remember(Scenes.at(0, 0), Map.of(1, FACE));
        patches.find(Scenes.at(0, 0));
        patches.find(Scenes.at(0, 0));
        patches.remember(Scenes.at(0, 0), Map.of(2, FACE));

        assertThat(patches.find(Scenes.at(0, 0))).containsOnlyKeys(1, 2);
        assertThat(patches.find(Scenes.at(0, 0))).containsOnlyKeys(2);
    }

    @Test
    void shouldNotRememberAFaceThatIsPlainOrReachesBeyondThePicture() {
        patches.remember(Scenes.at(0, 0), Map.of(1, FACE, 2, new FaceBox(-1, 60, 96, 96)));
        assertThat(patches.find(Scenes.at(0, 0))).containsOnlyKeys(1);

        patches.remember(Scenes.plain(), Map.of(1, FACE));
        assertThat(patches.find(Scenes.plain())).isEmpty();
    }

    @Test
    void shouldSearchWhatThePictureHasWhenTheFaceIsAtItsEdgeOrThePictureShrank() {
        FaceBox corner = new FaceBox(0, 0, 96, 96);
        patches.remember(Scenes.at(0, 0), Map.of(1, corner));

        assertThat(patches.find(Scenes.at(0, 0))).hasSize(1);
        assertThat(patches.find(new RgbFrame(40, 40, new byte[40 * 40 * 3]))).isEmpty();
    }
}
