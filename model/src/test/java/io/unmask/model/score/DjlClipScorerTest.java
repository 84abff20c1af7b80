package io.unmask.model.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelDigest;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

class DjlClipScorerTest {
    private static final int SIDE = TinyModel.SPEC.inputSize();

    @TempDir
    static Path directory;

    private static DjlClipScorer scorer;

    @BeforeAll
    static void open() throws IOException {
        TinyModel.write(directory);
        scorer = DjlClipScorer.open(ModelDirectory.open(directory), 1);
    }

    @AfterAll
    static void close() {
        scorer.close();
    }

    @Test
    void shouldLocateByRowsFromTheTop() {
        byte[] rgb = new byte[SIDE * SIDE * 3];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                boolean left = x < SIDE / 2;
                rgb[3 * (y * SIDE + x)] = (byte) (y < SIDE / 2 ? (left ? 255 : 51) : 0);
            }
        }
        var black = new RgbFrame(SIDE, SIDE, new byte[SIDE * SIDE * 3]);
        var located = scorer.locate(List.of(black, new RgbFrame(SIDE, SIDE, rgb)));
        assertThat(located).hasSize(2);
        assertThat(located.get(0)).isDeepEqualTo(new float[2][2]);
        assertThat(located.get(1)[0]).containsExactly(new float[] {1f, 0.2f}, within(1e-5f));
        assertThat(located.get(1)[1]).containsExactly(new float[] {0f, 0f}, within(1e-5f));
    }

    @Test
    void shouldReadPixelsAsUnsignedBytesInRedGreenBlueOrder() {
        byte[] rgb = new byte[SIDE * SIDE * 3];
        for (int i = 0; i < rgb.length; i += 3) {
            rgb[i] = (byte) 255;
            rgb[i + 1] = (byte) 102;
        }
        float[] features = scorer.encode(List.of(new RgbFrame(SIDE, SIDE, rgb)))[0];
        assertThat(features).containsExactly(new float[] {1f, 0.4f, 0f, 1.4f / 3}, within(1e-5f));
    }

    @Test
    void shouldKeepTheOrderOfCropsAcrossSeveralBatches() {
        var crops = new ArrayList<RgbFrame>();
        for (int level = 0; level < 100; level++) {
            crops.add(grey(level));
        }
        float[][] features = scorer.encode(crops);
        assertThat(features).hasNumberOfRows(100);
        for (int level = 0; level < 100; level++) {
            assertThat(features[level][3]).isCloseTo(level / 255f, within(1e-5f));
        }
    }

    @Test
    void shouldLeaveThePaddingOfShortClipsOut() {
        float[][] features = scorer.encode(List.of(grey(255), grey(0), grey(51)));
        float[][] brightAlone = {features[0]};
        float[][] all = {features[0], features[1], features[2]};

        var scores = scorer.score(List.of(brightAlone, all));

        assertThat(scores.get(0).logit()).isCloseTo(TinyModel.logit(1), within(1e-4));
        assertThat(scores.get(0).frameLogits()).hasSize(1);
        assertThat(scores.get(1).logit()).isCloseTo(TinyModel.logit(0.4), within(1e-4));
        assertThat(scores.get(1).frameLogits())
                .containsExactly(
                        new double[] {TinyModel.logit(1), TinyModel.logit(0), TinyModel.logit(0.2)}, within(1e-4));
    }

    @Test
    void shouldScoreABatchAsItScoresEachClipAlone() {
        float[][] a = scorer.encode(noise(4, 1));
        float[][] b = scorer.encode(noise(3, 2));
        var together = scorer.score(List.of(a, b));
        assertThat(together.get(0).logit())
                .isEqualTo(scorer.score(List.<float[][]>of(a)).get(0).logit());
        assertThat(together.get(1).logit())
                .isEqualTo(scorer.score(List.<float[][]>of(b)).get(0).logit());
    }

    @Test
    void shouldGiveWhatTensorFlowGivesForTheWholeClip() {
        var crops = noise(TinyModel.SPEC.clipFrames(), 3);
        double served =
                scorer.score(List.<float[][]>of(scorer.encode(crops))).get(0).logit();
        assertThat(served).isCloseTo(servingDefault(crops), within(1e-6));
    }

    /** The same clip through the bare TensorFlow session and the signature for other users. */
    private static double servingDefault(List<RgbFrame> crops) {
        int frames = crops.size();
        byte[] bytes = new byte[frames * SIDE * SIDE * 3];
        for (int i = 0; i < frames; i++) {
            System.arraycopy(crops.get(i).rgb(), 0, bytes, i * SIDE * SIDE * 3, SIDE * SIDE * 3);
        }
        float[] present = new float[frames];
        Arrays.fill(present, 1);
        try (var bundle = SavedModelBundle.load(directory.toString(), ModelSpec.TAG);
                var clips = TUint8.tensorOf(Shape.of(1, frames, SIDE, SIDE, 3), DataBuffers.of(bytes));
                var mask = TFloat32.tensorOf(Shape.of(1, frames), DataBuffers.of(present));
                var result = bundle.function(ModelSpec.SERVING_DEFAULT)
                        .call(Map.of(ModelSpec.CLIPS, clips, ModelSpec.MASK, mask))) {
            var logits = (TFloat32) result.get(ModelSpec.LOGITS).orElseThrow();
            return (double) logits.getFloat(0, 1) - logits.getFloat(0, 0);
        }
    }

    @Test
    void shouldNotGrowOverTwoThousandCalls() throws IOException {
        assumeTrue(
                Files.exists(Path.of("/proc/self/status")), "resident memory is read from /proc, which only Linux has");
        var crops = noise(32, 4); // 98 kB a call: a leak of the input alone would take 196 MB
        var clips = Collections.nCopies(8, scorer.encode(crops.subList(0, 4)));
        call(300, crops, clips);
        long before = residentKilobytes();
        call(2000, crops, clips);
        assertThat(residentKilobytes() - before).isLessThan(48 * 1024);
    }

    private static void call(int times, List<RgbFrame> crops, List<float[][]> clips) {
        for (int i = 0; i < times; i++) {
            scorer.encode(crops);
            scorer.score(clips);
        }
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldRefuseACropOfAnotherSize() {
        assertThatThrownBy(() -> scorer.encode(List.of(new RgbFrame(8, 8, new byte[192]))))
                .hasMessage("crop of 8x8: the model takes 32x32");
    }

    @Test
    void shouldRefuseAClipThatIsTooLong() {
        float[][] clip = new float[5][4];
        assertThatThrownBy(() -> scorer.score(List.<float[][]>of(clip)))
                .hasMessage("clip of 5 frames: the model takes 1 to 4");
    }

    @Test
    void shouldRefuseAModelWhoseSignaturesAreNotWhatItsCardSays(@TempDir Path other) throws IOException {
        var spec = new ModelSpec("tiny-brightness-1", 64, 4, 4, 1.3, 8, List.of("real", "fake"));
        TinyModel.write(other, spec, Optional.of(TinyModel.CALIBRATION));
        var model = ModelDirectory.open(other);
        assertThatThrownBy(() -> DjlClipScorer.open(model, 1))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("signature encode has {frames=(-1, 32, 32, 3)}")
                .hasMessageContaining("model.json asks for {frames=(-1, 64, 64, 3)}")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldRefuseAModelThatTellsNoDistanceThoughItsCardLimitsIt(@TempDir Path other) throws IOException {
        TinyModel.write(other);
        Path file = other.resolve(ModelCard.FILE);
        Files.writeString(
                file,
                Files.readString(file)
                        .replace(
                                "\"out_of_distribution\" : null",
                                "\"out_of_distribution\" : {\"limit\": 2, \"rate\": 0.05, \"set_digest\": \"0\"}"));
        var model = ModelDirectory.open(other);
        assertThatThrownBy(() -> DjlClipScorer.open(model, 1))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("model.json asks for {distance=");
    }

    @Test
    void shouldReadACardOfBeforeDistancesWereTold(@TempDir Path other) throws IOException {
        TinyModel.write(other);
        Path file = other.resolve(ModelCard.FILE);
        Files.writeString(file, Files.readString(file).replace("\"out_of_distribution\" : null,", ""));
        assertThat(file).content().doesNotContain("out_of_distribution");
        assertThat(ModelDirectory.open(other).card().outOfDistribution()).isEmpty();
    }

    @Test
    void shouldRefuseASavedModelWithoutAGraph(@TempDir Path other) throws IOException {
        TinyModel.write(other);
        Files.writeString(other.resolve(ModelDigest.GRAPH), "");
        var card = ModelCards.read(other);
        ModelCards.write(other, redigested(card, ModelDigest.of(other)));
        var model = ModelDirectory.open(other);
        assertThatThrownBy(() -> DjlClipScorer.open(model, 1))
                .isInstanceOf(ScoringException.class)
                .hasMessageStartingWith("model " + other + " cannot be loaded: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldSayThatThreadsAreFixedForTheProcess() throws IOException {
        var model = ModelDirectory.open(directory);
        assertThatThrownBy(() -> DjlClipScorer.open(model, 2))
                .isInstanceOf(ScoringException.class)
                .hasMessage("model.threads = 2: TensorFlow already runs with 1 in this process, and they cannot be"
                        + " changed");
    }

    private static ModelCard redigested(ModelCard c, String digest) {
        return new ModelCard(
                c.name(),
                c.version(),
                digest,
                c.spec(),
                c.calibration(),
                c.outOfDistribution(),
                c.trainingDigest(),
                c.seed(),
                c.codeVersion(),
                c.settings(),
                c.metrics(),
                c.facts());
    }

    private static RgbFrame grey(int level) {
        byte[] rgb = new byte[SIDE * SIDE * 3];
        Arrays.fill(rgb, (byte) level);
        return new RgbFrame(SIDE, SIDE, rgb);
    }

    private static List<RgbFrame> noise(int count, long seed) {
        var random = new Random(seed);
        var frames = new ArrayList<RgbFrame>();
        for (int i = 0; i < count; i++) {
            byte[] rgb = new byte[SIDE * SIDE * 3];
            random.nextBytes(rgb);
            frames.add(new RgbFrame(SIDE, SIDE, rgb));
        }
        return frames;
    }
}
