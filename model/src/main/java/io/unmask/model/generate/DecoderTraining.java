package io.unmask.model.generate;

import io.unmask.model.data.SafeTensors;
import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.BuildContext;
import io.unmask.model.graph.Dense;
import io.unmask.model.graph.Initial;
import io.unmask.model.graph.Mode;
import io.unmask.model.graph.TextureEncoder;
import io.unmask.model.graph.VariableValues;
import io.unmask.model.graph.Variables;
import io.unmask.model.runtime.TensorFlowRuntime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A decoder that learns to draw faces: to come near them and, by its design, to pass for them before a critic that looks at
 * texture (Isola et al., CVPR 2017). Used by one thread.
 */
final class DecoderTraining implements AutoCloseable {
    private static final AdamUpdate.Settings ADAM = new AdamUpdate.Settings(0.5, 0.99, 1e-8, 0, 1);
    private static final List<Integer> CRITIC_WIDTHS = List.of(16, 24, 32);
    private static final String CRITIC = "critic";

    /** Beside a critic, texture counts twice as much as colour: pixels alone would be met by a blur. */
    private static final float TEXTURE_WEIGHT = 2;

    /** The critic counts little in the decoder's loss: its first duty is the face. */
    private static final float CRITIC_WEIGHT = 0.01f;

    /** The critic learns at half the decoder's rate. A critic that always wins gives no useful gradient. */
    private static final double CRITIC_RATE = 0.5;

    /** The decoder takes so many steps for one of the critic. */
    private static final int CRITIC_STEPS = 2;

    private static final float HALF_RANGE = 127.5f;
    private static final double RATE = 2e-3;
    private static final long WARMUP = 50;
    private static final double AVERAGE_DECAY = 0.99;

    private final Design design;
    private final int side;
    private final Graph graph = new Graph();
    private final Session session;
    private final VariableValues values;
    private final Placeholder<TUint8> faces;
    private final Operand<TFloat32> distance;
    private final AdamUpdate drawing;
    private final Optional<AdamUpdate> judging;

    /** @param side S, of the pictures learnt from; a multiple of 8 */
    DecoderTraining(Design design, int side, long seed) {
        TensorFlowRuntime.ensureLoaded();
        this.design = design;
        this.side = side;
        var tf = Ops.create(graph);
        var variables = new Variables(tf);
        faces = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, side, side, 3)));
        var authentic = tf.math.div(tf.dtypes.cast(faces, TFloat32.class), tf.constant(2 * HALF_RANGE)); // 0 to 1
        var decoder = new BuildContext(tf, variables, Mode.TRAINING);
        var drawn = design.network().apply(decoder, authentic); // [N,S,S,3]
        var difference = tf.math.mul(tf.math.sub(authentic, drawn), tf.constant(2f)); // 1 is half the range
        distance = mean(tf, tf.math.abs(difference));
        if (design.loss() == Design.Loss.CRITIC) {
            var critic = new BuildContext(tf, variables, Mode.TRAINING);
            var takenForAuthentic = judge(critic, authentic); // [N,1]
            var takenFor = judge(critic, drawn); // [N,1]
            var texture = tf.math.mul(texture(tf, difference), tf.constant(TEXTURE_WEIGHT));
            var deceit = tf.math.mul(surprise(tf, takenFor), tf.constant(CRITIC_WEIGHT));
            var error = tf.math.add(surprise(tf, tf.math.neg(takenFor)), surprise(tf, takenForAuthentic));
            drawing = update(
                    tf,
                    variables,
                    tf.math.addN(List.of(distance, texture, deceit)),
                    List.of(),
                    name -> !isCritics(name));
            judging = Optional.of(update(tf, variables, error, critic.updates(), DecoderTraining::isCritics));
        } else {
            var loss = design.loss() == Design.Loss.L1 ? distance : mean(tf, tf.math.square(difference));
            drawing = update(tf, variables, loss, List.of(), name -> true);
            judging = Optional.empty();
        }
        session = new Session(graph);
        values = new VariableValues(session, variables);
        values.initialise(seed);
    }

    private AdamUpdate update(
            Ops tf, Variables variables, Operand<TFloat32> loss, List<Op> also, Predicate<String> weights) {
        var trained = variables.weights().stream().filter(weights).toList();
        return new AdamUpdate(graph, tf, variables, trained, new AdamUpdate.Gradient(loss, also, ADAM));
    }

    private static boolean isCritics(String weight) {
        return weight.startsWith("encoder.") || weight.startsWith(CRITIC);
    }

    /** How sure the critic is that a picture is authentic: {@code [N,1]}, log-odds. */
    private static Operand<TFloat32> judge(BuildContext critic, Operand<TFloat32> pictures) {
        var encoder = new TextureEncoder(CRITIC_WIDTHS);
        var bytes = critic.tf().math.mul(pictures, critic.tf().constant(2 * HALF_RANGE));
        var features = encoder.applyToValues(critic, bytes); // [N,D]
        return new Dense(CRITIC, encoder.features(), 1, Initial.LECUN).apply(critic, features);
    }

    /** Mean cross-entropy of log-odds against yes. */
    private static Operand<TFloat32> surprise(Ops tf, Operand<TFloat32> logOdds) {
        return tf.math.mean(tf.math.softplus(tf.math.neg(logOdds)), tf.constant(new int[] {0, 1}));
    }

    private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> pictures) {
        return tf.math.mean(pictures, tf.constant(new int[] {0, 1, 2, 3}));
    }

    /** Mean absolute difference of what a 3×3 mean takes away. */
    private static Operand<TFloat32> texture(Ops tf, Operand<TFloat32> difference) {
        var coarse = tf.nn.avgPool(difference, List.of(1L, 3L, 3L, 1L), List.of(1L, 1L, 1L, 1L), "SAME");
        return mean(tf, tf.math.abs(tf.math.sub(difference, coarse)));
    }

    /**
     * Learns from authentic faces: the decoder first, then the critic.
     *
     * @param batch uint8 {@code [N,S,S,3]}
     * @param step number of this step, from 1
     * @return how far the pictures are from the faces, before the step; 1 is half the range
     */
    double learn(byte[] batch, long step) {
        long faceBytes = (long) side * side * 3;
        double rate = RATE * Math.min(1, (double) step / WARMUP);
        try (var fed = TUint8.tensorOf(
                Shape.of(batch.length / faceBytes, side, side, 3), DataBuffers.of(batch, true, false))) {
            double before = run(drawing, fed, step, rate);
            if (step % CRITIC_STEPS == 0) {
                judging.ifPresent(update -> run(update, fed, step / CRITIC_STEPS, rate * CRITIC_RATE));
            }
            return before;
        }
    }

    private double run(AdamUpdate update, TUint8 batch, long step, double rate) {
        var scalars = new ArrayList<TFloat32>();
        try {
            var runner = session.runner().feed(faces, batch);
            for (var scalar : update.feeds(step, rate, Math.min(AVERAGE_DECAY, step / (step + 10.0)))) {
                var value = TFloat32.scalarOf(scalar.value());
                scalars.add(value);
                runner.feed(scalar.into(), value);
            }
            try (var result = runner.fetch(distance).addTarget(update.op()).run()) {
                return ((TFloat32) result.get(0)).getFloat();
            }
        } finally {
            scalars.forEach(TFloat32::close);
        }
    }

    /** The averages of the decoder's weights, as {@link Decoder#open} reads them. */
    SafeTensors weights() {
        Predicate<String> kept =
                name -> !isCritics(name) && !AdamUpdate.averaged(name).equals(name);
        var shapes = new LinkedHashMap<String, long[]>();
        values.shapes(kept).forEach((name, shape) -> shapes.put(AdamUpdate.averaged(name), shape));
        var weights = new LinkedHashMap<String, float[]>();
        values.read(kept).forEach((name, value) -> weights.put(AdamUpdate.averaged(name), value));
        return new SafeTensors(Map.of(Decoder.DESIGN, design.name()), shapes, weights);
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
