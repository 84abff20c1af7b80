package io.unmask.model.score;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.tensorflow.engine.TfSymbolBlock;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.runtime.Signatures;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelDigest;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Scores with DJL's TensorFlow engine. Both signatures share one session, so the weights are in memory once; each call
 * frees its tensors before it returns. Not thread-safe.
 */
public final class DjlClipScorer implements ClipScorer {
    /** Bounds the activations that TensorFlow holds at once. */
    private static final int MOST_FRAMES = 32;

    private final ModelCard card;
    private final ModelSpec spec;
    private final Model model;
    private final Signature encode;
    private final Signature score;
    private final Optional<Signature> locate;
    private ByteBuffer pixels = ByteBuffer.allocateDirect(0);

    /**
     * Loads a model and runs it once, so that the first clip waits for nothing.
     *
     * @param threads TensorFlow's threads, for the whole process; 0 lets it choose
     * @throws ScoringException if the model cannot be loaded or is not what its card says
     */
    public static DjlClipScorer open(ModelDirectory directory, int threads) {
        Engine.start(threads);
        Model model = Model.newInstance(directory.card().name(), Device.cpu(), Engine.NAME);
        try {
            load(model, directory);
            var scorer = new DjlClipScorer(directory.card(), model);
            scorer.warmUp();
            return scorer;
        } catch (ScoringException e) {
            model.close();
            throw e;
        }
    }

    /** TensorFlow's failures are unchecked, of several kinds. */
    private static void load(Model model, ModelDirectory directory) {
        try {
            model.load(
                    directory.path(),
                    ModelDigest.GRAPH,
                    Map.of("Tags", ModelSpec.TAG, "SignatureDefKey", ModelSpec.ENCODE));
        } catch (IOException | MalformedModelException | RuntimeException e) {
            throw new ScoringException("model " + directory.path() + " cannot be loaded: " + Engine.firstLine(e), e);
        }
    }

    private DjlClipScorer(ModelCard card, Model model) {
        this.card = card;
        this.spec = card.spec();
        this.model = model;
        long s = spec.inputSize();
        long t = spec.clipFrames();
        long d = spec.features();
        long k = spec.labels().size();
        var encoder = (TfSymbolBlock) model.getBlock();
        encode = Signature.verified(
                ModelSpec.ENCODE,
                encoder,
                Map.of(ModelSpec.FRAMES, new Shape(-1, s, s, 3)),
                Map.of(ModelSpec.FEATURES, new Shape(-1, d)));
        score = Signature.verified(
                ModelSpec.SCORE,
                new TfSymbolBlock(encoder.getSavedModelBundle(), ModelSpec.SCORE),
                Map.of(ModelSpec.FEATURES, new Shape(-1, t, d), ModelSpec.MASK, new Shape(-1, t)),
                outputs(t, k));
        boolean locates = Signatures.has(encoder.getSavedModelBundle().getMetaGraphDef(), ModelSpec.LOCATE);
        locate = locates ? Optional.of(locating(encoder)) : Optional.empty();
    }

    /** The graph says how many places a frame has; the card does not. */
    private Signature locating(TfSymbolBlock encoder) {
        long s = spec.inputSize();
        var block = new TfSymbolBlock(encoder.getSavedModelBundle(), ModelSpec.LOCATE);
        Shape forged = block.describeOutput().get(ModelSpec.FORGED);
        return Signature.verified(
                ModelSpec.LOCATE,
                block,
                Map.of(ModelSpec.FRAMES, new Shape(-1, s, s, 3)),
                Map.of(ModelSpec.FORGED, new Shape(-1, forged.get(1), forged.get(2))));
    }

    private Map<String, Shape> outputs(long t, long k) {
        var outputs =
                new HashMap<>(Map.of(ModelSpec.LOGITS, new Shape(-1, k), ModelSpec.FRAME_LOGITS, new Shape(-1, t, k)));
        card.outOfDistribution().ifPresent(limit -> outputs.put(ModelSpec.DISTANCE, new Shape(-1)));
        return outputs;
    }

    private void warmUp() {
        int s = spec.inputSize();
        float[][] clip = encode(List.of(new RgbFrame(s, s, new byte[s * s * 3])));
        score(List.<float[][]>of(clip));
    }

    /**
     * How far the logits of a made-up clip, judged frame by frame as unmask does, lie at most from what the model's signature
     * for whole clips, by which others use it, says of the same clip; both are taken against the first label's. Two parts that
     * do not belong together differ.
     *
     * @throws ScoringException if the model has no such signature or fails in it
     */
    public double disagreement() {
        List<RgbFrame> clip = madeUpClip();
        double[] apart = score(List.<float[][]>of(encode(clip))).get(0).labelLogits();
        int t = spec.clipFrames();
        int s = spec.inputSize();
        long k = spec.labels().size();
        var block =
                new TfSymbolBlock(((TfSymbolBlock) model.getBlock()).getSavedModelBundle(), ModelSpec.SERVING_DEFAULT);
        Signature whole = Signature.verified(
                ModelSpec.SERVING_DEFAULT,
                block,
                Map.of(ModelSpec.CLIPS, new Shape(-1, t, s, s, 3), ModelSpec.MASK, new Shape(-1, t)),
                outputs(t, k));
        ByteBuffer bytes = pixelBuffer(t * s * s * 3);
        clip.forEach(frame -> bytes.put(frame.rgb()));
        bytes.flip();
        float[] mask = new float[t];
        Arrays.fill(mask, 1f);
        return run(manager -> {
            NDArray x = named(manager.create(bytes, new Shape(1, t, s, s, 3), DataType.UINT8), ModelSpec.CLIPS);
            NDArray m = named(manager.create(mask, new Shape(1, t)), ModelSpec.MASK);
            NDList outputs = whole.run(manager, x, m);
            double[] together = row(outputs.get(ModelSpec.LOGITS).toFloatArray(), 0);
            return IntStream.range(0, together.length)
                    .mapToDouble(label -> Math.abs((apart[label] - apart[0]) - (together[label] - together[0])))
                    .max()
                    .orElseThrow();
        });
    }

    /** Pictures that change in space and time, so that no part of the network sees nothing. */
    private List<RgbFrame> madeUpClip() {
        int s = spec.inputSize();
        return IntStream.range(0, spec.clipFrames())
                .mapToObj(t -> {
                    byte[] rgb = new byte[s * s * 3];
                    for (int i = 0; i < rgb.length; i++) {
                        rgb[i] = (byte) (128 + 100 * Math.sin(i * 0.01 + t) * Math.cos(i * 0.0007 * (1 + i % 3)));
                    }
                    return new RgbFrame(s, s, rgb);
                })
                .toList();
    }

    @Override
    public ModelCard card() {
        return card;
    }

    @Override
    public float[][] encode(List<RgbFrame> crops) {
        if (crops.isEmpty()) {
            throw new IllegalArgumentException("no crops to encode");
        }
        var rows = new ArrayList<float[]>(crops.size());
        for (int from = 0; from < crops.size(); from += MOST_FRAMES) {
            rows.addAll(encodeBatch(crops.subList(from, Math.min(crops.size(), from + MOST_FRAMES))));
        }
        return rows.toArray(float[][]::new);
    }

    @Override
    public List<float[][]> locate(List<RgbFrame> crops) {
        return locate.map(signature -> located(signature, crops)).orElse(List.of());
    }

    private List<float[][]> located(Signature signature, List<RgbFrame> crops) {
        ByteBuffer bytes = bytes(crops);
        int s = spec.inputSize();
        return run(manager -> {
            NDArray frames = manager.create(bytes, new Shape(crops.size(), s, s, 3), DataType.UINT8); // [N,S,S,3]
            NDArray forged = signature.run(manager, frames).singletonOrThrow(); // [N,H,W]
            int width = Math.toIntExact(forged.getShape().get(2));
            int places = Math.toIntExact(forged.getShape().get(1)) * width;
            return rows(forged.toFloatArray(), places).stream()
                    .map(crop -> rows(crop, width).toArray(float[][]::new))
                    .toList();
        });
    }

    private List<float[]> encodeBatch(List<RgbFrame> crops) {
        ByteBuffer bytes = bytes(crops);
        int s = spec.inputSize();
        return run(manager -> {
            NDArray frames = manager.create(bytes, new Shape(crops.size(), s, s, 3), DataType.UINT8); // [N,S,S,3]
            float[] features = encode.run(manager, frames).singletonOrThrow().toFloatArray(); // [N,D]
            return rows(features, spec.features());
        });
    }

    private ByteBuffer bytes(List<RgbFrame> crops) {
        int s = spec.inputSize();
        ByteBuffer bytes = pixelBuffer(crops.size() * s * s * 3);
        for (RgbFrame crop : crops) {
            if (crop.width() != s || crop.height() != s) {
                throw new IllegalArgumentException(
                        "crop of " + crop.width() + "x" + crop.height() + ": the model takes " + s + "x" + s);
            }
            bytes.put(crop.rgb());
        }
        return bytes.flip();
    }

    @Override
    public List<ClipScore> score(List<float[][]> clips) {
        if (clips.isEmpty()) {
            throw new IllegalArgumentException("no clips to score");
        }
        int t = spec.clipFrames();
        int d = spec.features();
        float[] features = new float[clips.size() * t * d]; // [B,T,D]
        float[] mask = new float[clips.size() * t]; // [B,T]
        for (int b = 0; b < clips.size(); b++) {
            float[][] clip = clips.get(b);
            if (clip.length < 1 || clip.length > t) {
                throw new IllegalArgumentException("clip of " + clip.length + " frames: the model takes 1 to " + t);
            }
            for (int i = 0; i < clip.length; i++) {
                System.arraycopy(clip[i], 0, features, (b * t + i) * d, d);
            }
            Arrays.fill(mask, b * t, b * t + clip.length, 1f);
        }
        return run(manager -> {
            NDArray x = named(manager.create(features, new Shape(clips.size(), t, d)), ModelSpec.FEATURES);
            NDArray m = named(manager.create(mask, new Shape(clips.size(), t)), ModelSpec.MASK);
            return scores(clips, score.run(manager, x, m));
        });
    }

    private List<ClipScore> scores(List<float[][]> clips, NDList outputs) {
        float[] logits = outputs.get(ModelSpec.LOGITS).toFloatArray(); // [B,K]
        float[] frameLogits = outputs.get(ModelSpec.FRAME_LOGITS).toFloatArray(); // [B,T,K]
        var distances = card.outOfDistribution()
                .map(limit -> outputs.get(ModelSpec.DISTANCE).toFloatArray()); // [B]
        var scores = new ArrayList<ClipScore>(clips.size());
        for (int b = 0; b < clips.size(); b++) {
            var frames = new double[clips.get(b).length][];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = row(frameLogits, b * spec.clipFrames() + i);
            }
            int clip = b;
            scores.add(new ClipScore(row(logits, b), frames, distances.map(each -> (double) each[clip])));
        }
        return scores;
    }

    /** The K logits of one row. */
    private double[] row(float[] logits, int row) {
        double[] values = new double[spec.labels().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = logits[row * values.length + i];
        }
        return values;
    }

    private static List<float[]> rows(float[] values, int length) {
        var rows = new ArrayList<float[]>(values.length / length);
        for (int from = 0; from < values.length; from += length) {
            rows.add(Arrays.copyOfRange(values, from, from + length));
        }
        return rows;
    }

    private <T> T run(Function<NDManager, T> call) {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            return call.apply(manager);
        }
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }

    private ByteBuffer pixelBuffer(int bytes) {
        if (pixels.capacity() < bytes) {
            pixels = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        return pixels.clear().limit(bytes);
    }

    @Override
    public void close() {
        model.close();
    }
}
