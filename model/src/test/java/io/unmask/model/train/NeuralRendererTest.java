package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.runtime.TensorFlowRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeuralRendererTest {
    private static final int SIDE = 32;

    @TempDir
    Path folder;

    @BeforeAll
    static void loadTensorFlow() {
        TensorFlowRuntime.ensureLoaded();
    }

    @Test
    void shouldLearnToDrawWhatItSees() {
        try (var renderer = trained(120)) {
            var face = face(99);
            for (int style = 0; style < renderer.styles(); style++) {
                var drawn = renderer.render(List.of(face), style).get(0);
                assertThat(drawn.width()).isEqualTo(SIDE);
                assertThat(drawn.rgb()).isNotEqualTo(face.rgb());
                assertThat(distance(drawn, face))
                        .as("style %d, nearer to this face than to another", style)
                        .isLessThan(distance(drawn, face(98)));
            }
        }
    }

    @Test
    void shouldDrawAlikeWhenItsWeightsAreKeptAndRead() throws Exception {
        var file = folder.resolve("renderer.safetensors");
        try (var renderer = trained(3);
                var other = new NeuralRenderer(SIDE, 1)) {
            renderer.checkpoint().write(file);
            other.restore(Checkpoint.read(file));
            for (int style = 0; style < renderer.styles(); style++) {
                assertThat(other.render(List.of(face(5)), style).get(0).rgb())
                        .isEqualTo(
                                renderer.render(List.of(face(5)), style).get(0).rgb());
            }
        }
    }

    @Test
    void shouldDrawAClipAsItDrawsItsPictures() {
        try (var renderer = trained(20)) {
            var clip = List.of(face(1), face(2), face(3));
            for (int style = 0; style < renderer.styles(); style++) {
                var drawn = renderer.render(clip, style);
                assertThat(drawn).hasSize(3);
                for (int i = 0; i < clip.size(); i++) {
                    assertThat(distance(
                                    drawn.get(i),
                                    renderer.render(List.of(clip.get(i)), style).get(0)))
                            .as("but for rounding")
                            .isLessThan(0.01);
                }
            }
        }
    }

    @Test
    void shouldRefuseWeightsThatAreNotAGenerators() {
        try (var renderer = new NeuralRenderer(SIDE, 1)) {
            var other = new Checkpoint(0, Map.of(), Map.of(), Map.of("nearest.eye.bias.average", new float[2]));
            assertThatThrownBy(() -> renderer.restore(other))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another version");
        }
    }

    private static NeuralRenderer trained(int steps) {
        var renderer = new NeuralRenderer(SIDE, 1);
        renderer.initialise(7);
        for (int step = 1; step <= steps; step++) {
            byte[] batch = new byte[8 * SIDE * SIDE * 3];
            for (int i = 0; i < 8; i++) {
                System.arraycopy(face(step * 8 + i + 1000).rgb(), 0, batch, i * SIDE * SIDE * 3, SIDE * SIDE * 3);
            }
            renderer.learn(batch, step);
        }
        return renderer;
    }

    /** A smooth picture: two colours that run into one another. */
    private static RgbFrame face(int seed) {
        var random = new Random(seed);
        byte[] rgb = new byte[SIDE * SIDE * 3];
        for (int channel = 0; channel < 3; channel++) {
            double from = random.nextInt(256);
            double to = random.nextInt(256);
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                double share = (pixel % SIDE + pixel / SIDE) / (2.0 * SIDE);
                rgb[pixel * 3 + channel] = (byte) Math.round(from + (to - from) * share);
            }
        }
        return new RgbFrame(SIDE, SIDE, rgb);
    }

    private static double distance(RgbFrame a, RgbFrame b) {
        double sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            sum += Math.abs((a.rgb()[i] & 255) - (b.rgb()[i] & 255));
        }
        return sum / a.rgb().length;
    }
}
