package io.unmask.model.score;

import io.unmask.model.runtime.TensorFlowRuntime;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelDigest;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A real model directory of a few kilobytes, for tests: the brighter a face, the faker. A frame's features are its
 * means of red, green and blue (0 to 1) and their mean; its logit is {@link #logit}; a clip's is the mean of its frames'.
 * It takes each quarter of a face for as forged as it is red.
 */
public final class TinyModel {
    public static final ModelSpec SPEC = new ModelSpec("tiny-brightness-1", 32, 4, 4, 1.3, 8, List.of("real", "fake"));
    public static final Calibration CALIBRATION = new Calibration(
            "temperature+bias", 2, 0, 0.5, 0.05, 0.4, 0.03, 0.1, "0".repeat(64), LocalDate.of(2026, 11, 21));

    private TinyModel() {}

    /** Raw logit that the model gives a face of this mean brightness, 0 (black) to 1 (white). */
    public static double logit(double brightness) {
        return 8 * (brightness - 0.5);
    }

    /** Writes a calibrated model directory. */
    public static Path write(Path directory) throws IOException {
        return write(directory, SPEC, Optional.of(CALIBRATION));
    }

    /**
     * Writes a calibrated model with labels of its own: the first for dark faces, the second for bright ones, any others for
     * faces in between.
     */
    public static Path write(Path directory, List<String> labels) throws IOException {
        var spec = new ModelSpec(
                SPEC.architecture(),
                SPEC.inputSize(),
                SPEC.clipFrames(),
                SPEC.features(),
                SPEC.cropScale(),
                SPEC.sampleFps(),
                labels);
        return write(directory, spec, Optional.of(CALIBRATION));
    }

    /** Writes a SavedModel that always judges the same, with as many outputs as {@code spec} has labels. */
    public static Path write(Path directory, ModelSpec spec, Optional<Calibration> calibration) throws IOException {
        TensorFlowRuntime.ensureLoaded();
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var signatures =
                    signatures(Ops.create(graph), Math.max(2, spec.labels().size()));
            session.initialize();
            SavedModelBundle.exporter(directory.toString())
                    .withSession(session)
                    .withSignatures(signatures)
                    .export();
        }
        var card = new ModelCard(
                "tiny",
                "1",
                ModelDigest.of(directory),
                spec,
                calibration,
                Optional.empty(),
                "0".repeat(64),
                1,
                "test",
                Map.of(),
                Map.of("validation.auc", 0.5),
                Map.of("limits", "judges brightness alone"));
        ModelCards.write(directory, card);
        return directory;
    }

    /** The same model by another version, which a service takes for another one. */
    public static Path version(Path directory, String version) throws IOException {
        ModelCard card = ModelCards.read(directory);
        Path file = directory.resolve(ModelCard.FILE);
        String json = Files.readString(file)
                .replace("\"version\" : \"" + card.version() + "\"", "\"version\" : \"" + version + "\"");
        Files.writeString(file, json);
        return directory;
    }

    private static Signature[] signatures(Ops tf, int k) {
        int s = SPEC.inputSize();
        int t = SPEC.clipFrames();
        int d = SPEC.features();
        var encoder = tf.withName("encoder")
                .variable(tf.constant(new float[][] {{1, 0, 0, 1 / 3f}, {0, 1, 0, 1 / 3f}, {0, 0, 1, 1 / 3f}}));
        var weights = new float[d][k];
        weights[d - 1][0] = -4;
        weights[d - 1][1] = 4;
        var biases = new float[k];
        biases[0] = 2;
        biases[1] = -2;
        var head = tf.withName("head").variable(tf.constant(weights));
        var bias = tf.constant(biases);

        var frames = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, s, s, 3)));
        var encoded = encode(tf, frames, encoder);

        var located = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, s, s, 3)));

        var features = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, t, d)));
        var mask = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, t)));
        var frameLogits = frameLogits(tf, features, head, bias, k);

        var clips = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, t, s, s, 3)));
        var flat = encode(tf, tf.reshape(clips, tf.constant(new int[] {-1, s, s, 3})), encoder);
        var whole = frameLogits(tf, tf.reshape(flat, tf.constant(new int[] {-1, t, d})), head, bias, k);

        return new Signature[] {
            Signature.builder(ModelSpec.ENCODE)
                    .input(ModelSpec.FRAMES, frames)
                    .output(ModelSpec.FEATURES, encoded)
                    .build(),
            Signature.builder(ModelSpec.LOCATE)
                    .input(ModelSpec.FRAMES, located)
                    .output(ModelSpec.FORGED, redOfQuarters(tf, located))
                    .build(),
            Signature.builder(ModelSpec.SCORE)
                    .input(ModelSpec.FEATURES, features)
                    .input(ModelSpec.MASK, mask)
                    .output(ModelSpec.LOGITS, mean(tf, frameLogits, mask))
                    .output(ModelSpec.FRAME_LOGITS, frameLogits)
                    .build(),
            Signature.builder(ModelSpec.SERVING_DEFAULT)
                    .input(ModelSpec.CLIPS, clips)
                    .input(ModelSpec.MASK, mask)
                    .output(ModelSpec.LOGITS, mean(tf, whole, mask))
                    .output(ModelSpec.FRAME_LOGITS, whole)
                    .build()
        };
    }

    /** {@code [N,S,S,3]} to {@code [N,D]}. */
    private static Operand<TFloat32> encode(Ops tf, Operand<TUint8> frames, Operand<TFloat32> weights) {
        var scaled = tf.math.div(tf.dtypes.cast(frames, TFloat32.class), tf.constant(255f));
        return tf.linalg.matMul(tf.math.mean(scaled, tf.constant(new int[] {1, 2})), weights);
    }

    /** {@code [N,S,S,3]} to {@code [N,2,2]}. */
    private static Operand<TFloat32> redOfQuarters(Ops tf, Operand<TUint8> frames) {
        int half = SPEC.inputSize() / 2;
        var scaled = tf.math.div(tf.dtypes.cast(frames, TFloat32.class), tf.constant(255f));
        var pixels = tf.reshape(scaled, tf.constant(new int[] {-1, 2, half, 2, half, 3}));
        var quarters = tf.math.mean(pixels, tf.constant(new int[] {2, 4})); // [N,2,2,3]
        var red = tf.slice(quarters, tf.constant(new int[] {0, 0, 0, 0}), tf.constant(new int[] {-1, 2, 2, 1}));
        return tf.reshape(red, tf.constant(new int[] {-1, 2, 2}));
    }

    /** {@code [B,T,D]} to {@code [B,T,K]}. */
    private static Operand<TFloat32> frameLogits(
            Ops tf, Operand<TFloat32> features, Operand<TFloat32> head, Operand<TFloat32> bias, int k) {
        var rows = tf.reshape(features, tf.constant(new int[] {-1, SPEC.features()}));
        var logits = tf.math.add(tf.linalg.matMul(rows, head), bias);
        return tf.reshape(logits, tf.constant(new int[] {-1, SPEC.clipFrames(), k}));
    }

    /** {@code [B,T,K]} to {@code [B,K]} over the frames that are there. */
    private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> frameLogits, Operand<TFloat32> mask) {
        var time = tf.constant(1);
        var weights = tf.expandDims(mask, tf.constant(2));
        var sum = tf.reduceSum(tf.math.mul(frameLogits, weights), time);
        return tf.math.div(sum, tf.reduceSum(mask, time, ReduceSum.keepDims(true)));
    }
}
