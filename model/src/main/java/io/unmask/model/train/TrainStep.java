package io.unmask.model.train;

import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.Architecture;
import io.unmask.model.graph.BuildContext;
import io.unmask.model.graph.DetectorGraph;
import io.unmask.model.graph.FrameEncoder;
import io.unmask.model.graph.Loss;
import io.unmask.model.graph.MaskHead;
import io.unmask.model.graph.MaskLoss;
import io.unmask.model.graph.Mode;
import io.unmask.model.graph.ProximalTerm;
import io.unmask.model.graph.VariableValues;
import io.unmask.model.graph.Variables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * One update of the weights, and what can be asked of them: the graph and its session. Used by one thread.
 *
 * <p>Two towers share the weights: one trains, the other judges with their running averages.
 */
final class TrainStep implements AutoCloseable {
    /** Bounds the activations that are held while faces are judged. */
    private static final int FRAMES_AT_ONCE = 32;

    private final Architecture architecture;
    private final Graph graph = new Graph();
    private final Session session;
    private final VariableValues variables;
    private final DetectorGraph training;
    private final Placeholder<TUint8> judgedFrames;
    private final Operand<TFloat32> encoded;
    private final Placeholder<TFloat32> judgedFeatures;
    private final Placeholder<TFloat32> judgedMask;
    private final Operand<TFloat32> judgedLogits;
    private final Map<String, Operand<TFloat32>> folded;
    private final Placeholder<TFloat32> labels;
    private final Placeholder<TFloat32> weights;
    private final boolean learnsMask;
    private final Placeholder<TFloat32> shares;
    private final Operand<TFloat32> loss;
    private final AdamUpdate update;

    /**
     * @param frames of a clip that an update learns from
     * @param loss what is minimised
     * @param maskShare weight of the loss of the places; 0: there is no mask head
     * @param adam how it is minimised
     * @param frozen names of the layers that stay as they are
     * @param proximalWeight pulls the weights towards their anchors; 0: there are none
     * @param threads of TensorFlow; 0 lets it choose
     */
    record Settings(
            int frames,
            Loss loss,
            double maskShare,
            AdamUpdate.Settings adam,
            Predicate<String> frozen,
            double proximalWeight,
            int threads) {}

    TrainStep(Architecture architecture, Settings settings) {
        this.architecture = architecture;
        var tf = Ops.create(graph);
        var variables = new Variables(tf);
        var net = new BuildContext(tf, variables, Mode.TRAINING, settings.frozen());
        learnsMask = settings.maskShare() > 0;
        var maskHead = MaskHead.of(architecture);
        training = DetectorGraph.build(net, architecture.over(settings.frames()), "train.");
        labels = tf.withName("labels")
                .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, architecture.classes())));
        weights = tf.withName("weights").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
        var ofClips = settings.loss().apply(tf, training.output(), labels, weights, training.mask());
        int side = architecture.places();
        shares = tf.withName("shares").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, side, side)));
        loss = learnsMask
                ? tf.math.add(
                        ofClips,
                        tf.math.mul(MaskLoss.of(tf, maskHead.apply(net, training.places()), shares), tf.constant((float)
                                settings.maskShare())))
                : ofClips;
        var trained = variables.weights().stream()
                .filter(name -> !settings.frozen().test(name))
                .toList();
        if (trained.isEmpty()) {
            throw new TrainingException(
                    "nothing is left to train: freeze keeps every layer as it is (and learn-frames 1 the recurrence)");
        }
        var objective = settings.proximalWeight() == 0
                ? loss
                : tf.math.add(loss, ProximalTerm.of(tf, variables, trained, settings.proximalWeight()));
        update = new AdamUpdate(
                graph, tf, variables, trained, new AdamUpdate.Gradient(objective, net.updates(), settings.adam()));
        var judge = new BuildContext(tf, variables.averages(), Mode.EVALUATION);
        int s = architecture.inputSize();
        var encoder = architecture.encoder();
        var head = architecture.head();
        judgedFrames = tf.withName("judge.frames").placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, s, s, 3)));
        var places = encoder.placesOf(judge, judgedFrames); // [N,H,W,D]
        encoded = FrameEncoder.mean(judge, places); // [N,D]
        if (learnsMask) {
            maskHead.apply(judge, places); // what serves is taken out of this tower
        }
        judgedFeatures = tf.withName("judge.features")
                .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, head.frames(), encoder.features())));
        judgedMask =
                tf.withName("judge.mask").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, head.frames())));
        judgedLogits = head.apply(judge, judgedFeatures, judgedMask).logits(); // [B,K]
        folded = judge.folded();
        session = new Session(
                graph,
                ConfigProto.newBuilder()
                        .setIntraOpParallelismThreads(settings.threads())
                        .setInterOpParallelismThreads(settings.threads() == 1 ? 1 : 2)
                        .build());
        this.variables = new VariableValues(session, variables);
    }

    /**
     * @param loss before the update
     * @param gradientNorm before clipping
     */
    record Outcome(double loss, double gradientNorm) {}

    /**
     * Moves the weights.
     *
     * @param step number of this step, from 1
     */
    Outcome run(Batch batch, long step, double rate, double averageDecay) {
        try (var inputs = new Inputs(batch)) {
            var runner = session.runner()
                    .feed(training.clips(), inputs.clips)
                    .feed(training.mask(), inputs.mask)
                    .feed(labels, inputs.add(batch.labels(), batch.size(), architecture.classes()))
                    .feed(weights, inputs.add(batch.weights(), batch.size()));
            if (learnsMask) {
                int side = architecture.places();
                runner.feed(shares, inputs.add(batch.shares(), batch.mask().length, side, side));
            }
            for (var fed : update.feeds(step, rate, averageDecay)) {
                runner.feed(fed.into(), inputs.add(new float[] {fed.value()}));
            }
            try (var result = runner.fetch(loss)
                    .fetch(update.norm())
                    .addTarget(update.op())
                    .run()) {
                return new Outcome(scalar(result.get(0)), scalar(result.get(1)));
            }
        }
    }

    /**
     * What the averaged weights say of a batch.
     *
     * @param logits {@code [B][K]}
     * @param features {@code [B*T*D]}, 0 where there is no frame
     */
    record Judged(float[][] logits, float[] features) {}

    /** Judges a batch. As at serving, each frame that is there is encoded, and no other. */
    Judged judge(Batch batch) {
        int d = architecture.encoder().features();
        int t = architecture.frames();
        var features = new float[batch.mask().length * d]; // [B*T,D], 0 where there is no frame
        var present = new ArrayList<Integer>();
        for (int frame = 0; frame < batch.mask().length; frame++) {
            if (batch.mask()[frame] > 0) {
                present.add(frame);
            }
        }
        for (int from = 0; from < present.size(); from += FRAMES_AT_ONCE) {
            var some = present.subList(from, Math.min(present.size(), from + FRAMES_AT_ONCE));
            float[] rows = encode(batch.clips(), some); // [N,D]
            for (int i = 0; i < some.size(); i++) {
                System.arraycopy(rows, i * d, features, some.get(i) * d, d);
            }
        }
        try (var fed = tensor(features, batch.size(), t, d);
                var mask = tensor(batch.mask(), batch.size(), t);
                var result = session.runner()
                        .feed(judgedFeatures, fed)
                        .feed(judgedMask, mask)
                        .fetch(judgedLogits)
                        .run()) {
            var flat = VariableValues.rowMajor((TFloat32) result.get(0));
            var logits = new float[batch.size()][architecture.classes()];
            for (int i = 0; i < flat.length; i++) {
                logits[i / architecture.classes()][i % architecture.classes()] = flat[i];
            }
            return new Judged(logits, features);
        }
    }

    /** Features of single frames, {@code [N][D]}, by the averaged weights. */
    List<float[]> features(List<byte[]> frames) {
        int d = architecture.encoder().features();
        int frameBytes = architecture.inputSize() * architecture.inputSize() * 3;
        var bytes = new byte[frames.size() * frameBytes];
        for (int i = 0; i < frames.size(); i++) {
            System.arraycopy(frames.get(i), 0, bytes, i * frameBytes, frameBytes);
        }
        float[] rows = encode(bytes, frames.size()); // [N,D]
        return IntStream.range(0, frames.size())
                .mapToObj(i -> Arrays.copyOfRange(rows, i * d, (i + 1) * d))
                .toList();
    }

    /** @param frames places in {@code clips}, counted in frames */
    private float[] encode(byte[] clips, List<Integer> frames) {
        int s = architecture.inputSize();
        int frameBytes = s * s * 3;
        var bytes = new byte[frames.size() * frameBytes];
        for (int i = 0; i < frames.size(); i++) {
            System.arraycopy(clips, frames.get(i) * frameBytes, bytes, i * frameBytes, frameBytes);
        }
        return encode(bytes, frames.size());
    }

    private float[] encode(byte[] frames, int count) {
        int s = architecture.inputSize();
        try (var fed = TUint8.tensorOf(Shape.of(count, s, s, 3), DataBuffers.of(frames, true, false));
                var result =
                        session.runner().feed(judgedFrames, fed).fetch(encoded).run()) {
            return VariableValues.rowMajor((TFloat32) result.get(0));
        }
    }

    /** Averaged weights with batch norm folded in, as a serving network names them. */
    Map<String, float[]> servingWeights() {
        return variables.of(folded);
    }

    /** The network, its loss and its update, without values. */
    GraphDef graphDef() {
        return graph.toGraphDef();
    }

    /** The running averages under their weights' names, and statistics: what another training starts from. */
    Map<String, float[]> averagedWeights() {
        return variables.averaged();
    }

    /** What the variables hold; the session stays this object's. */
    VariableValues variables() {
        return variables;
    }

    /** Every variable's value. */
    Map<String, float[]> values() {
        return variables.read(name -> true);
    }

    Map<String, long[]> shapes() {
        return variables.shapes(name -> true);
    }

    /** Gives every variable its first value. */
    void initialise(long seed) {
        variables.initialise(seed);
    }

    /** Sets the named variables; the others stay. Values must have the variables' shapes. */
    void assign(Map<String, float[]> values) {
        variables.assign(values);
    }

    private static double scalar(Tensor tensor) {
        return ((TFloat32) tensor).getFloat();
    }

    private static TFloat32 tensor(float[] values, long... shape) {
        return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values, true, false));
    }

    /** Owns the tensors of one call. */
    private final class Inputs implements AutoCloseable {
        private final List<Tensor> owned = new ArrayList<>();
        final TUint8 clips;
        final TFloat32 mask;

        Inputs(Batch batch) {
            int s = architecture.inputSize();
            int t = batch.mask().length / batch.size();
            clips = TUint8.tensorOf(Shape.of(batch.size(), t, s, s, 3), DataBuffers.of(batch.clips(), true, false));
            owned.add(clips);
            mask = add(batch.mask(), batch.size(), t);
        }

        TFloat32 add(float[] values, long... shape) {
            var tensor = tensor(values, shape);
            owned.add(tensor);
            return tensor;
        }

        @Override
        public void close() {
            owned.forEach(Tensor::close);
        }
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
