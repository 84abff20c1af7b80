package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.forge.Renderer;
import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.BuildContext;
import io.unmask.model.graph.Dense;
import io.unmask.model.graph.FaceRenderer;
import io.unmask.model.graph.Initial;
import io.unmask.model.graph.Mode;
import io.unmask.model.graph.TextureEncoder;
import io.unmask.model.graph.Upsample;
import io.unmask.model.graph.Variables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Two small generators that learn to draw faces anew, so that forgeries have the texture of a generator's output. They are
 * trained to come near the face, and to pass for it before a critic that looks at texture (Isola et al., CVPR 2017).
 * Rendering is thread-safe; learning is for one thread, before anything is rendered.
 */
final class NeuralRenderer implements Renderer, AutoCloseable {
    private static final AdamUpdate.Settings ADAM = new AdamUpdate.Settings(0.5, 0.99, 1e-8, 0, 1);
    private static final List<Integer> CRITIC_WIDTHS = List.of(16, 24, 32);
    /** Of the residual's part in the loss: pixels alone would be met by a blur. */
    private static final float TEXTURE_WEIGHT = 2;

    /** Of the critic's learning rate over the generators': one that is never deceived teaches nothing. */
    private static final double CRITIC_RATE = 0.5;
    /** Steps of the generators for one of the critic. */
    private static final int CRITIC_STEPS = 2;

    /** Of deceit in the generators' loss: their first duty is the face. */
    private static final float CRITIC_WEIGHT = 0.01f;

    private static final String CRITIC = "critic";
    private static final double RATE = 1e-3;
    private static final long WARMUP = 50;
    private static final double AVERAGE_DECAY = 0.99;
    /** Of a side. */
    private static final int MULTIPLE = 8;

    private final int side;
    private final Graph graph = new Graph();
    private final Session session;
    private final VariableValues variables;
    private final Placeholder<TUint8> faces;
    private final Operand<TFloat32> distance;
    private final AdamUpdate drawing;
    private final AdamUpdate judging;
    private final List<Drawer> drawers;

    /**
     * Draws pictures of one size.
     *
     * @param faces uint8 {@code [N,side,side,3]}
     * @param drawn of it, by style
     */
    private record Drawer(int side, Placeholder<TUint8> faces, List<Operand<TUint8>> drawn) {}

    /**
     * @param side S, a multiple of 8, of the pictures learnt from; drawn are such and some of three quarters of it, since
     *     generators differ
     * @param threads of TensorFlow; 0 lets it choose
     */
    NeuralRenderer(int side, int threads) {
        this.side = side;
        var styles = styles(side);
        var tf = Ops.create(graph);
        var variables = new Variables(tf);
        faces = tf.withName("faces").placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, side, side, 3)));
        var authentic = tf.dtypes.cast(faces, TFloat32.class); // [N,S,S,3]
        var renderer = new BuildContext(tf, variables, Mode.TRAINING);
        var critic = new BuildContext(tf, variables, Mode.TRAINING);
        var takenForAuthentic = judge(critic, authentic); // [N,1]
        var distances = new ArrayList<Operand<TFloat32>>();
        var deceits = new ArrayList<Operand<TFloat32>>();
        var errors = new ArrayList<Operand<TFloat32>>();
        for (var style : styles) {
            var rendered = style.apply(renderer, faces); // [N,S,S,3]
            var takenFor = judge(critic, rendered); // [N,1]
            distances.add(distance(tf, authentic, rendered));
            deceits.add(surprise(tf, takenFor));
            errors.add(surprise(tf, tf.math.neg(takenFor)));
            errors.add(surprise(tf, takenForAuthentic));
        }
        distance = tf.math.addN(distances);
        var loss = tf.math.add(distance, tf.math.mul(tf.math.addN(deceits), tf.constant(CRITIC_WEIGHT)));
        drawing = update(tf, variables, loss, renderer.updates(), name -> !isCritics(name));
        judging = update(tf, variables, tf.math.addN(errors), critic.updates(), NeuralRenderer::isCritics);
        var settled = new BuildContext(tf, variables.averages(), Mode.EVALUATION);
        drawers = Stream.of(side, side * 3 / 4 / MULTIPLE * MULTIPLE)
                .map(size -> drawer(tf, settled, size))
                .toList();
        session = new Session(
                graph,
                ConfigProto.newBuilder()
                        .setIntraOpParallelismThreads(threads)
                        .setInterOpParallelismThreads(threads)
                        .build());
        this.variables = new VariableValues(session, variables);
    }

    private static List<FaceRenderer> styles(int side) {
        return List.of(
                new FaceRenderer("nearest", side, 12, Upsample.Kind.NEAREST),
                new FaceRenderer("shuffle", side, 8, Upsample.Kind.SHUFFLE));
    }

    private static Drawer drawer(Ops tf, BuildContext settled, int side) {
        var faces = tf.withName("to_draw_" + side)
                .placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, side, side, 3)));
        return new Drawer(
                side,
                faces,
                styles(side).stream()
                        .<Operand<TUint8>>map(style -> rounded(tf, style.apply(settled, faces)))
                        .toList());
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
        var features = encoder.applyToValues(critic, pictures); // [N,D]
        return new Dense(CRITIC, encoder.features(), 1, Initial.LECUN).apply(critic, features);
    }

    /** Mean cross-entropy of log-odds against yes. */
    private static Operand<TFloat32> surprise(Ops tf, Operand<TFloat32> logOdds) {
        return tf.math.mean(tf.math.softplus(tf.math.neg(logOdds)), tf.constant(new int[] {0, 1}));
    }

    /** Mean absolute difference of the pixels and, weighing more, of what a 3×3 mean leaves of them; 1 is half the range. */
    private static Operand<TFloat32> distance(Ops tf, Operand<TFloat32> authentic, Operand<TFloat32> rendered) {
        var difference = tf.math.div(tf.math.sub(authentic, rendered), tf.constant(127.5f));
        var coarse = tf.nn.avgPool(difference, List.of(1L, 3L, 3L, 1L), List.of(1L, 1L, 1L, 1L), "SAME");
        var fine = tf.math.mul(tf.math.abs(tf.math.sub(difference, coarse)), tf.constant(TEXTURE_WEIGHT));
        return tf.math.mean(tf.math.add(tf.math.abs(difference), fine), tf.constant(new int[] {0, 1, 2, 3}));
    }

    private static Operand<TUint8> rounded(Ops tf, Operand<TFloat32> pictures) {
        var whole = tf.math.rint(tf.clipByValue(pictures, tf.constant(0f), tf.constant(255f)));
        return tf.dtypes.cast(whole, TUint8.class);
    }

    void initialise(long seed) {
        variables.initialise(seed);
    }

    /**
     * Learns from authentic faces: the generators first, then the critic.
     *
     * @param batch uint8 {@code [N,S,S,3]}
     * @param step number of this step, from 1
     * @return how far the pictures are from the faces, before the step
     */
    double learn(byte[] batch, long step) {
        long faceBytes = (long) side * side * 3;
        double rate = RATE * Math.min(1, (double) step / WARMUP);
        try (var fed = TUint8.tensorOf(
                Shape.of(batch.length / faceBytes, side, side, 3), DataBuffers.of(batch, true, false))) {
            double before = run(drawing, fed, step, rate);
            if (step % CRITIC_STEPS == 0) {
                run(judging, fed, step / CRITIC_STEPS, rate * CRITIC_RATE);
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

    @Override
    public List<Integer> sidesPx() {
        return drawers.stream().map(Drawer::side).toList();
    }

    @Override
    public int styles() {
        return drawers.get(0).drawn.size();
    }

    @Override
    public List<RgbFrame> render(List<RgbFrame> pictures, int style) {
        int wanted = pictures.get(0).width();
        var drawer = drawers.stream()
                .filter(each -> each.side == wanted)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("cannot draw pictures of " + wanted + " px"));
        int faceBytes = wanted * wanted * 3;
        byte[] all = new byte[pictures.size() * faceBytes];
        for (int i = 0; i < pictures.size(); i++) {
            System.arraycopy(pictures.get(i).rgb(), 0, all, i * faceBytes, faceBytes);
        }
        try (var fed = TUint8.tensorOf(Shape.of(pictures.size(), wanted, wanted, 3), DataBuffers.of(all, true, false));
                var result = session.runner()
                        .feed(drawer.faces, fed)
                        .fetch(drawer.drawn.get(style))
                        .run()) {
            ((TUint8) result.get(0)).asRawTensor().data().read(all);
        }
        return IntStream.range(0, pictures.size())
                .mapToObj(
                        i -> new RgbFrame(wanted, wanted, Arrays.copyOfRange(all, i * faceBytes, (i + 1) * faceBytes)))
                .toList();
    }

    /** What another needs to draw alike. */
    Checkpoint checkpoint() {
        return new Checkpoint(
                0, Map.of(), variables.shapes(NeuralRenderer::isKept), variables.read(NeuralRenderer::isKept));
    }

    /** What rendering needs: the averages of the generators' weights. */
    private static boolean isKept(String variable) {
        return !isCritics(variable) && !AdamUpdate.averaged(variable).equals(variable);
    }

    /**
     * Takes what another has learnt, whatever its size.
     *
     * @throws IOException when it does not fit
     */
    void restore(Checkpoint checkpoint) throws IOException {
        for (var kept : variables.shapes(NeuralRenderer::isKept).entrySet()) {
            float[] value = checkpoint.values().get(kept.getKey());
            long size = LongStream.of(kept.getValue()).reduce(1, (a, b) -> a * b);
            if (value == null || value.length != size) {
                throw new IOException("these generators are of another version: " + kept.getKey() + " has "
                        + (value == null ? 0 : value.length) + " values, wanted are " + size);
            }
        }
        variables.assign(checkpoint.values());
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
