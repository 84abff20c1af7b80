package io.unmask.model.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.RgbFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataCheckTest {
    @Test
    void shouldSayNothingOfVariedData() {
        assertThat(limits(faces(20, 60, 4, 200, 200))).isEmpty();
    }

    @Test
    void shouldNameFewToolsFewPersonsAndOneOrigin() {
        assertThat(limits(faces(2, 10, 1, 200, 200)))
                .hasSize(3)
                .anySatisfy(
                        line -> assertThat(line).contains("fakes of 2 tools").contains("tool-0"))
                .anySatisfy(line -> assertThat(line).contains("authentic faces of 10 persons"))
                .anySatisfy(line -> assertThat(line).contains("origin-0"));
    }

    @Test
    void shouldNameASizeThatBetraysTheLabel() {
        assertThat(limits(faces(20, 60, 4, 120, 250))).singleElement().satisfies(line -> assertThat(line)
                .contains("size of the face")
                .contains("AUC of 1.00, as of the origin origin-0 and the origin origin-1"));
    }

    @Test
    void shouldNameAToolOfOneExample() {
        var faces = faces(20, 60, 4, 200, 200);
        faces.add(face(FaceSequence.FAKE, "rare", "p", 200));
        assertThat(limits(faces))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("one example only").contains("rare"));
    }

    @Test
    void shouldNameTheOneOriginWhoseSizeBetraysIt() {
        var faces = faces(20, 60, 4, 200, 200);
        for (int i = 0; i < 12; i++) {
            faces.add(face(FaceSequence.REAL, "thumbnails", "small-" + i, 40));
        }
        assertThat(limits(faces)).singleElement().satisfies(line -> assertThat(line)
                .contains("AUC of 0.58", "as of the origin thumbnails alone")
                .doesNotContain("origin-0"));
    }

    @Test
    void shouldNameATypeOfFileThatBetraysTheLabel() {
        var faces = new ArrayList<>(faces(20, 60, 4, 200, 200));
        faces.replaceAll(face -> named(face, face.group() + (face.label() == FaceSequence.FAKE ? ".gif" : ".mp4"), 1));
        assertThat(limits(faces))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("type of the file").contains("AUC of 1.00"));
    }

    @Test
    void shouldSayThatPicturesAndVideosAreMixed() {
        var faces = new ArrayList<>(faces(20, 60, 4, 200, 200));
        faces.replaceAll(face -> named(face, face.source(), face.label() == FaceSequence.FAKE ? 1 : 30));
        assertThat(limits(faces))
                .anySatisfy(line ->
                        assertThat(line).contains("0 % of the authentic faces and 100 % of the fakes are pictures"))
                .anySatisfy(line -> assertThat(line).contains("number of frames"));

        faces.removeIf(face -> face.label() == FaceSequence.FAKE);
        faces.replaceAll(face -> named(face, face.source(), 1));
        assertThat(limits(faces)).as("no fake to mix with").noneMatch(line -> line.contains("mixed"));
    }

    @Test
    void shouldSayThatNoToolIsLeftToBeJudgedBy() {
        var train = faces(20, 60, 4, 200, 200);
        var met = List.of(face(FaceSequence.FAKE, "tool-3", "v", 200), face(FaceSequence.REAL, "origin-1", "w", 200));
        assertThat(DataCheck.limits(train, met))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("all 1 tools").contains("--leave-out"));
        var other = List.of(face(FaceSequence.FAKE, "tool-21", "v", 200));
        assertThat(DataCheck.limits(train, other)).isEmpty();
    }

    private static List<String> limits(List<FaceSequence> train) {
        return DataCheck.limits(train, List.of());
    }

    private static FaceSequence named(FaceSequence face, String source, int frames) {
        return new FaceSequence(
                face.set(),
                source,
                face.label(),
                face.group(),
                face.kind(),
                1,
                crops(frames, face.crops().detailPx()));
    }

    private static List<FaceSequence> faces(int tools, int persons, int origins, double realPx, double fakePx) {
        var faces = new ArrayList<FaceSequence>();
        for (int i = 0; i < persons; i++) {
            faces.add(face(FaceSequence.REAL, "origin-" + i % origins, "real-" + i, realPx));
        }
        for (int i = 0; i < 2 * tools; i++) {
            faces.add(face(FaceSequence.FAKE, "tool-" + i % tools, "fake-" + i, fakePx));
        }
        return faces;
    }

    private static FaceSequence face(int label, String kind, String person, double detailPx) {
        return new FaceSequence("set", person + ".mp4", label, person, kind, 1, crops(1, detailPx));
    }

    private static FaceSequence.Crops crops(int frames, double detailPx) {
        return new FaceSequence.Crops() {
            @Override
            public int count() {
                return frames;
            }

            @Override
            public double margin() {
                return 1;
            }

            @Override
            public double detailPx() {
                return detailPx;
            }

            @Override
            public RgbFrame read(int index) {
                throw new AssertionError("no picture is read for it");
            }
        };
    }
}
