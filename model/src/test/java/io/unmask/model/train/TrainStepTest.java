package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.model.export.SavedModelExporter;
import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.Architecture;
import io.unmask.model.graph.Loss;
import io.unmask.model.graph.MaskLoss;
import io.unmask.model.graph.TextureEncoder;
import io.unmask.model.spec.ModelSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

class TrainStepTest {
    private static final Architecture SMALL = new Architecture(new TextureEncoder(List.of(4, 4, 6, 6, 8)), 32, 3, 5, 2);
    private static final int CLIPS = 4;

    @TempDir
    Path folder;

    @Test
    void shouldGoOnFromACheckpointAsIfNeverStopped() throws Exception {
        Map<String, float[]> straight;
        try (var step = small(name -> false)) {
            step.initialise(3);
            train(step, 0, 20);
            straight = step.values();
        }
        Path file = folder.resolve(Checkpoint.FILE);
        try (var step = small(name -> false)) {
            step.initialise(3);
            train(step, 0, 10);
            new Checkpoint(10, Map.of(), step.shapes(), step.values()).write(file);
        }
        try (var step = small(name -> false)) {
            var checkpoint = Checkpoint.read(file);
            step.assign(checkpoint.values());
            train(step, checkpoint.step(), 20);
            assertSame(step.values(), straight);
        }
    }

    @Test
    void shouldLearnToTellBrightFromDark() {
        try (var step = small(name -> false)) {
            step.initialise(1);
            double first = step.run(batch(0), 1, 0.01, 0.5).loss();
            double last = 0;
            for (int i = 1; i <= 60; i++) {
                last = step.run(batch(i), i + 1, 0.01, 0.5).loss();
            }
            assertThat(last).isLessThan(first / 3);
            var logits = step.judge(batch(99)).logits();
            assertThat(logits[0][0]).isGreaterThan(logits[0][1]);
            assertThat(logits[1][1]).isGreaterThan(logits[1][0]);
        }
    }

    @Test
    void shouldLeaveFrozenLayersAsTheyAre() {
        try (var step = small(name -> name.startsWith("encoder."))) {
            step.initialise(1);
            var before = step.values();
            train(step, 0, 3);
            var after = step.values();
            for (String name : before.keySet()) {
                if (name.startsWith("encoder.")) {
                    assertThat(after.get(name)).as(name).containsExactly(before.get(name));
                }
            }
            assertThat(after.get("head.frame.kernel")).isNotEqualTo(before.get("head.frame.kernel"));
        }
    }

    @Test
    void shouldServeWhatItJudged() throws Exception {
        try (var step = small(name -> false)) {
            step.initialise(1);
            train(step, 0, 30);
            SavedModelExporter.export(SMALL, step.servingWeights(), folder.resolve("saved"));
            var batch = batch(77);
            // A clip that is shorter than the others.
            batch.mask()[2] = 0;

            var judged = step.judge(batch).logits();
            var served = serve(folder.resolve("saved"), batch);

            for (int clip = 0; clip < CLIPS; clip++) {
                assertThat(served[clip * 2]).isCloseTo(judged[clip][0], within(1e-4f));
                assertThat(served[clip * 2 + 1]).isCloseTo(judged[clip][1], within(1e-4f));
            }
        }
    }

    private static float[] serve(Path model, Batch batch) {
        try (var bundle = SavedModelBundle.load(model.toString(), ModelSpec.TAG);
                var clips = TUint8.tensorOf(Shape.of(CLIPS, 3, 32, 32, 3), DataBuffers.of(batch.clips()));
                var mask = TFloat32.tensorOf(Shape.of(CLIPS, 3), DataBuffers.of(batch.mask()));
                var result = bundle.function(ModelSpec.SERVING_DEFAULT)
                        .call(Map.of(ModelSpec.CLIPS, clips, ModelSpec.MASK, mask))) {
            var logits = new float[CLIPS * 2];
            result.get(ModelSpec.LOGITS)
                    .orElseThrow()
                    .asRawTensor()
                    .data()
                    .asFloats()
                    .read(logits);
            return logits;
        }
    }

    private static TrainStep small(Predicate<String> frozen) {
        return new TrainStep(
                SMALL,
                new TrainStep.Settings(
                        SMALL.frames(),
                        new Loss(0.5, 0),
                        0.5,
                        new AdamUpdate.Settings(0.9, 0.98, 1e-8, 0.01, 1),
                        frozen,
                        0,
                        1));
    }

    private static void train(TrainStep step, long from, long to) {
        for (long done = from; done < to; done++) {
            step.run(batch(done), done + 1, 0.01, 0.9);
        }
    }

    /** Of the dark ones no place is forged; of the bright ones it is known of the first clip, all of it, and not of the last. */
    private static float[] shares() {
        return new float[] {0, 0, 0, 1, 1, 1, 0, 0, 0, MaskLoss.UNKNOWN, MaskLoss.UNKNOWN, MaskLoss.UNKNOWN};
    }

    /** Dark clips are class 0, bright ones class 1; a function of its number. */
    private static Batch batch(long number) {
        var random = new Random(number);
        int clipBytes = 3 * 32 * 32 * 3;
        var bytes = new byte[CLIPS * clipBytes];
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            boolean bright = i / clipBytes % 2 == 1;
            bytes[i] = (byte) ((bytes[i] & 0x7f) + (bright ? 128 : 0));
        }
        var mask = new float[CLIPS * 3];
        Arrays.fill(mask, 1);
        return new Batch(
                bytes,
                mask,
                new float[] {1, 0, 0, 1, 1, 0, 0, 1},
                new float[] {1, 1, 1, 1},
                shares(),
                List.of("a", "b", "c", "d"));
    }

    private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, values) -> assertThat(values).as(name).containsExactly(expected.get(name)));
    }
}
