package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class FaceTreeTest {
    private static final int DRAWS = 20_000;

    @Test
    void shouldDrawAToolByTheSquareRootOfItsPersons() {
        var drawn = draw(FaceSequence::kind);
        assertThat(drawn.get("large")).isCloseTo(0.75, within(0.02)); // the roots of 9 and 1
        assertThat(drawn.get("small")).isCloseTo(0.25, within(0.02));
    }

    @Test
    void shouldDrawTheRecordingsOfAPersonNoMoreOftenForBeingMany() {
        var drawn = draw(FaceSequence::group);
        assertThat(drawn.get("large-0")).isCloseTo(0.75 / 9, within(0.02));
        assertThat(drawn.get("large-8")).isCloseTo(0.75 / 9, within(0.02));
    }

    @Test
    void shouldDrawARecordingByItsWeight() {
        var drawn = draw(FaceSequence::source);
        assertThat(drawn.get("large-0-heavy") / drawn.get("large-0-light")).isCloseTo(3, within(0.5));
    }

    private static Map<String, Double> draw(Function<FaceSequence, String> key) {
        var faces = new ArrayList<FaceSequence>();
        for (int person = 0; person < 9; person++) {
            faces.add(face("large", person, "heavy", 1));
            faces.add(face("large", person, "light", 1 / 3.0));
        }
        faces.add(face("small", 0, "only", 1));
        var tree = new FaceTree(faces);
        var random = new SplittableRandom(7);
        var counts = new HashMap<String, Double>();
        for (int i = 0; i < DRAWS; i++) {
            counts.merge(key.apply(tree.draw(random)), 1.0 / DRAWS, Double::sum);
        }
        return counts;
    }

    private static FaceSequence face(String tool, int person, String recording, double weight) {
        String group = tool + "-" + person;
        return new FaceSequence("set", group + "-" + recording, 1, group, tool, weight, new FaceSequence.Crops() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public double margin() {
                return 1;
            }

            @Override
            public RgbFrame read(int index) {
                throw new AssertionError("a draw reads no picture");
            }
        });
    }
}
