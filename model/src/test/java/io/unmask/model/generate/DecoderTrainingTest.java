package io.unmask.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.RgbFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderTrainingTest {
    private static final int SIDE = 32;

    @TempDir
    Path folder;

    /** Each way to enlarge with each loss. */
    static Stream<Design> designs() {
        return Design.all().stream()
                .filter(design -> design.network().quantised() == (design.loss() == Design.Loss.L2));
    }

    @ParameterizedTest
    @MethodSource("designs")
    void shouldLearnToDrawWhatItSees(Design design) throws Exception {
        try (var decoder = learnt(design, design.loss() == Design.Loss.CRITIC ? 150 : 60)) {
            assertThat(decoder.name()).isEqualTo(design.name());
            for (int seed = 97; seed < 100; seed++) {
                RgbFrame face = face(seed, 40, 24);
                RgbFrame drawn = decoder.draw(face);

                assertThat(drawn.width()).isEqualTo(40);
                assertThat(drawn.height()).isEqualTo(24);
                assertThat(drawn.rgb()).isNotEqualTo(face.rgb());
                assertThat(distance(drawn, face))
                        .as("nearer to this face than to another")
                        .isLessThan(distance(drawn, face(seed + 10, 40, 24)));
            }
        }
    }

    @Test
    void shouldTellHowFarItsPicturesAreFromTheFaces() {
        var design = Design.of("nearest-l2").orElseThrow();
        try (var training = new DecoderTraining(design, SIDE, 7)) {
            double first = training.learn(batch(1), 1);
            double second = 0;
            for (int step = 2; step <= 60; step++) {
                second = training.learn(batch(step), step);
            }
            assertThat(first).isCloseTo(0.5, within(0.4));
            assertThat(second).isLessThan(first / 2);
        }
    }

    private Decoder learnt(Design design, int steps) throws IOException {
        Path file = folder.resolve("learnt.safetensors");
        try (var training = new DecoderTraining(design, SIDE, 7)) {
            for (int step = 1; step <= steps; step++) {
                training.learn(batch(step), step);
            }
            training.weights().write(file);
        }
        return Decoder.open(file);
    }

    private static byte[] batch(int step) {
        byte[] batch = new byte[8 * SIDE * SIDE * 3];
        for (int i = 0; i < 8; i++) {
            byte[] face = face(step * 8 + i + 1000, SIDE, SIDE).rgb();
            System.arraycopy(face, 0, batch, i * face.length, face.length);
        }
        return batch;
    }

    /** A smooth picture: two colours that run into one another. */
    private static RgbFrame face(int seed, int width, int height) {
        var random = new Random(seed);
        byte[] rgb = new byte[width * height * 3];
        for (int channel = 0; channel < 3; channel++) {
            double from = random.nextInt(256);
            double to = random.nextInt(256);
            for (int pixel = 0; pixel < width * height; pixel++) {
                double share = (double) (pixel % width + pixel / width) / (width + height);
                rgb[pixel * 3 + channel] = (byte) Math.round(from + (to - from) * share);
            }
        }
        return new RgbFrame(width, height, rgb);
    }

    private static double distance(RgbFrame a, RgbFrame b) {
        double sum = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            sum += Math.abs((a.rgb()[i] & 255) - (b.rgb()[i] & 255));
        }
        return sum / a.rgb().length;
    }
}
