package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.forge.Forger;
import io.unmask.model.graph.MaskLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchMakerTest {
    private static final Augmenter AUGMENTER = new Augmenter(32, 0.1, 1);

    @Test
    void shouldMakeTheSameBatchOfTheSameSeedAndNumber() {
        var one = maker(0.5, 7).make(5);
        var same = maker(0.5, 7).make(5);
        var other = maker(0.5, 8).make(5);
        assertThat(same.clips()).isEqualTo(one.clips());
        assertThat(same.sources()).isEqualTo(one.sources());
        assertThat(other.clips()).isNotEqualTo(one.clips());
    }

    @Test
    void shouldPairEachAuthenticFaceWithAFakeOfItsVideo() {
        var batch = maker(0, 7).make(0);
        for (int i = 0; i < batch.size(); i += 2) {
            assertThat(batch.sources().get(i)).startsWith("real-");
            assertThat(batch.sources().get(i + 1))
                    .isEqualTo(batch.sources().get(i).replace("real-", "fake-"));
            assertThat(batch.labels()[i * 2]).isGreaterThan(batch.labels()[i * 2 + 1]);
            assertThat(batch.weights()[i + 1]).isEqualTo(2 * batch.weights()[i]);
            assertThat(batch.labels()[(i + 1) * 2]).isLessThan(batch.labels()[(i + 1) * 2 + 1]);
        }
    }

    @Test
    void shouldTellHowMuchOfEachPlaceIsForgedWhereThatIsKnown() {
        var forged = maker(1, 7).make(0);
        int ofClip = 3 * 4 * 4;
        int ofFrame = 4 * 4;
        assertThat(Arrays.copyOfRange(forged.shares(), 0, ofFrame))
                .as("an authentic face")
                .containsOnly(0);
        assertThat(Arrays.copyOfRange(forged.shares(), ofClip, ofClip + ofFrame))
                .as("its forgery")
                .satisfies(shares -> assertThat(IntStream.range(0, ofFrame).filter(i -> shares[i] > 0.2f))
                        .isNotEmpty());
        var drawn = maker(0, 7).make(0);
        assertThat(Arrays.copyOfRange(drawn.shares(), ofClip, ofClip + ofFrame))
                .as("a tool's fake")
                .containsOnly(MaskLoss.UNKNOWN);
    }

    @Test
    void shouldForgeFakesWhenThereAreNone() {
        var real =
                sequences().stream().filter(sequence -> sequence.label() == 0).toList();
        var batch = new BatchMaker(new PairDrawing(real, new Forger(), AUGMENTER, plan(0, 7)), plan(0, 7), 32).make(0);
        assertThat(batch.sources().get(1)).isEqualTo(batch.sources().get(0) + " (self-blended)");
    }

    @Test
    void shouldPairAFakeOfNobodyWithAnAuthenticFaceThatNoFakeBrings() {
        var faces = new ArrayList<>(sequences());
        faces.add(sequence("real-alone", 0, 98));
        faces.add(sequence("fake-alone", 1, 99));
        var plan = plan(0, 7);
        var maker = new BatchMaker(new PairDrawing(faces, new Forger(), AUGMENTER, plan), plan, 32);
        var pairs = IntStream.range(0, 100)
                .mapToObj(maker::make)
                .flatMap(batch ->
                        IntStream.of(0, 2).mapToObj(i -> batch.sources().subList(i, i + 2)))
                .toList();
        assertThat(pairs).contains(List.of("real-alone", "fake-alone"));
        assertThat(pairs).filteredOn(pair -> pair.contains("real-alone")).allMatch(pair -> pair.contains("fake-alone"));
    }

    @Test
    void shouldMaskWhatAShortTrackDoesNotFill() {
        var batch = maker(0, 7).make(0);
        // Tracks have two crops, clips three frames.
        assertThat(batch.mask()).startsWith(1, 1, 0, 1, 1, 0);
    }

    private static BatchMaker maker(double selfBlendShare, long seed) {
        var plan = plan(selfBlendShare, seed);
        return new BatchMaker(new PairDrawing(sequences(), new Forger(), AUGMENTER, plan), plan, 32);
    }

    private static BatchMaker.Plan plan(double selfBlendShare, long seed) {
        return new BatchMaker.Plan(4, 3, 4, selfBlendShare, 0.05, List.of(1.0, 2.0), seed);
    }

    private static List<FaceSequence> sequences() {
        var sequences = new ArrayList<FaceSequence>();
        for (int person = 0; person < 8; person++) {
            sequences.add(sequence("real-" + person, 0, person));
            sequences.add(sequence("fake-" + person, 1, person));
        }
        return sequences;
    }

    private static FaceSequence sequence(String source, int label, int person) {
        return new FaceSequence("set", source, label, "person-" + person, "", 1, new FaceSequence.Crops() {
            @Override
            public int count() {
                return 2;
            }

            @Override
            public double margin() {
                return 1;
            }

            @Override
            public RgbFrame read(int index) {
                byte[] rgb = new byte[48 * 48 * 3];
                new Random(person * 10L + label + index).nextBytes(rgb);
                return new RgbFrame(48, 48, rgb);
            }
        });
    }
}
