package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataCheckTest {
    @Test
    void shouldSayNothingOfVariedData() {
        assertThat(DataCheck.limits(faces(20, 60, 4, 200, 200))).isEmpty();
    }

    @Test
    void shouldNameFewToolsFewPersonsAndOneOrigin() {
        assertThat(DataCheck.limits(faces(2, 10, 1, 200, 200)))
                .hasSize(3)
                .anySatisfy(
                        line -> assertThat(line).contains("fakes of 2 tools").contains("tool-0"))
                .anySatisfy(line -> assertThat(line).contains("authentic faces of 10 persons"))
                .anySatisfy(line -> assertThat(line).contains("origin-0"));
    }

    @Test
    void shouldNameASizeThatBetraysTheLabel() {
        assertThat(DataCheck.limits(faces(20, 60, 4, 120, 250)))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("size of the face").contains("AUC of 1.00"));
    }

    @Test
    void shouldNameAToolOfOneExample() {
        var faces = faces(20, 60, 4, 200, 200);
        faces.add(face(PairDrawing.FAKE, "rare", "p", 200));
        assertThat(DataCheck.limits(faces))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("one example only").contains("rare"));
    }

    private static List<FaceSequence> faces(int tools, int persons, int origins, double realPx, double fakePx) {
        var faces = new ArrayList<FaceSequence>();
        for (int i = 0; i < persons; i++) {
            faces.add(face(PairDrawing.REAL, "origin-" + i % origins, "real-" + i, realPx));
        }
        for (int i = 0; i < 2 * tools; i++) {
            faces.add(face(PairDrawing.FAKE, "tool-" + i % tools, "fake-" + i, fakePx));
        }
        return faces;
    }

    private static FaceSequence face(int label, String kind, String person, double detailPx) {
        return new FaceSequence("set", person, label, person, kind, 1, new FaceSequence.Crops() {
            @Override
            public int count() {
                return 1;
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
        });
    }
}
