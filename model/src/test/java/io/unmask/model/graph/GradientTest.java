package io.unmask.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Each layer's gradients against central differences, by its weights and by its input. */
class GradientTest {
    private static final double STEP = 2e-2;

    @Test
    void shouldMatchForAConvolutionThatTrains() {
        check(Mode.TRAINING, new long[] {3, 6, 6, 2}, net -> x -> new Convolution("c", 2, 3).apply(net, x));
    }

    @Test
    void shouldMatchForAConvolutionThatIsFrozen() {
        check(Mode.EVALUATION, new long[] {3, 6, 6, 2}, net -> x -> new Convolution("c", 2, 3).apply(net, x));
    }

    @Test
    void shouldMatchForADepthwiseConvolutionWithAStride() {
        check(Mode.TRAINING, new long[] {3, 6, 6, 2}, net -> x -> new DepthwiseConvolution("d", 2, 2).apply(net, x));
    }

    @Test
    void shouldMatchForAPointwiseConvolution() {
        check(
                Mode.TRAINING,
                new long[] {3, 4, 4, 2},
                net -> x -> new Convolution("c", 1, 2, 3, 1, Activation.RELU6).apply(net, x));
    }

    @Test
    void shouldMatchForPoolingBehindAConvolution() {
        check(
                Mode.TRAINING,
                new long[] {2, 8, 8, 2},
                net -> x -> new Stack(List.of(new Convolution("a", 2, 2), new MaxPool(), new Convolution("b", 2, 2)))
                        .apply(net, x));
    }

    @Test
    void shouldMatchForAConvolutionWithoutBatchNorm() {
        check(Mode.TRAINING, new long[] {2, 4, 4, 2}, net -> x -> new PlainConvolution("p", 2, 3, false).apply(net, x));
    }

    @ParameterizedTest
    @EnumSource
    void shouldMatchForUpsampling(Upsampling upsampling) {
        check(Mode.TRAINING, new long[] {2, 4, 4, 8}, net -> x -> upsampling.apply(net, x));
    }

    @Test
    void shouldMatchForTheEncoderByItsPictures() {
        check(
                Mode.TRAINING,
                new long[] {2, 16, 16, 3},
                net -> x -> new TextureEncoder(List.of(3, 4))
                        .applyToValues(net, net.tf().math.mul(x, net.tf().constant(127.5f))));
    }

    @Test
    void shouldMatchForADenseLayer() {
        check(Mode.TRAINING, new long[] {5, 4}, net -> x -> new Dense("d", 4, 3, Initial.LECUN).apply(net, x));
    }

    @Test
    void shouldMatchForTheHeadsClipLogits() {
        check(
                Mode.TRAINING,
                new long[] {3, 4, 5},
                net -> x ->
                        new TemporalHead(4, 5, 3, 2).apply(net, x, mask(net)).logits());
    }

    @Test
    void shouldMatchForTheLoss() {
        check(Mode.TRAINING, new long[] {3, 4, 5}, net -> x -> {
            var output = new TemporalHead(4, 5, 3, 2).apply(net, x, mask(net));
            var labels = net.tf().constant(new float[][] {{1, 0}, {0, 1}, {0.9f, 0.1f}});
            return new Loss(0.5, 0)
                    .apply(net.tf(), output, labels, net.tf().constant(new float[] {1, 2, 0.5f}), mask(net));
        });
    }

    @Test
    void shouldMatchForTheLossOfPairs() {
        check(Mode.TRAINING, new long[] {4, 1, 5}, net -> x -> {
            var whole = net.tf().constant(new float[][] {{1}, {1}, {1}, {1}});
            var output = new TemporalHead(1, 5, 0, 2).apply(net, x, whole);
            var labels = net.tf().constant(new float[][] {{1, 0}, {0, 1}, {1, 0}, {0, 1}});
            return new Loss(0, 0.5).apply(net.tf(), output, labels, net.tf().constant(new float[] {1, 1, 1, 1}), whole);
        });
    }

    @Test
    void shouldMatchForTheLossOfPlaces() {
        float unknown = MaskLoss.UNKNOWN;
        check(Mode.TRAINING, new long[] {2, 2, 2, 5}, net -> x -> {
            var shares = net.tf().constant(new float[][][] {{{0, 1}, {0.3f, unknown}}, {{1, unknown}, {0, 0.6f}}});
            return MaskLoss.of(net.tf(), new MaskHead(5, 2).apply(net, x), shares);
        });
    }

    private static Operand<TFloat32> mask(BuildContext net) {
        return net.tf().constant(new float[][] {{1, 1, 1, 1}, {1, 1, 0, 0}, {1, 1, 1, 0}});
    }

    private static void check(
            Mode mode, long[] shape, Function<BuildContext, Function<Operand<TFloat32>, Operand<TFloat32>>> layer) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = new Variables(tf);
            var input = variables.weight("input", Initial.LECUN, shape);
            var y = layer.apply(new BuildContext(tf, variables, mode)).apply(input);
            variables.slots().forEach(slot -> assign(session, slot, gaussian(slot)));
            var loss = weightedSum(tf, y, read(session, y).length);
            var weights = variables.weights();
            var gradients = graph.addGradients(
                    loss.asOutput(),
                    weights.stream()
                            .map(name -> variables.slot(name).variable().asOutput())
                            .toArray(Output<?>[]::new));
            for (int i = 0; i < weights.size(); i++) {
                // Softmax does not see what all its inputs share.
                if (!weights.get(i).equals("head.attention.bias")) {
                    compare(session, variables.slot(weights.get(i)), gradients[i].expect(TFloat32.class), loss);
                }
            }
        }
    }

    private static void compare(
            Session session, Variables.Slot slot, Operand<TFloat32> gradient, Operand<TFloat32> loss) {
        float[] at = read(session, slot.variable());
        float[] g = read(session, gradient);
        double norm = 0;
        for (float value : g) {
            norm += (double) value * value;
        }
        norm = Math.sqrt(norm);
        assertThat(norm).as("gradient of " + slot.name()).isPositive();
        double best = Double.MAX_VALUE;
        // Too long a step bends, too short a one drowns in rounding: which is which depends on the layer.
        for (double reach = STEP; reach > STEP / 20; reach /= 2) {
            double up = lossAt(session, slot, loss, moved(at, g, reach / norm));
            double down = lossAt(session, slot, loss, moved(at, g, -reach / norm));
            best = Math.min(best, Math.abs((up - down) / (2 * reach) - norm) / norm);
        }
        assign(session, slot, at);
        assertThat(best).as("relative error of the gradient of " + slot.name()).isLessThan(1e-3);
    }

    /** A scalar in which every output counts differently. */
    private static Operand<TFloat32> weightedSum(Ops tf, Operand<TFloat32> y, int length) {
        var random = new Random(9);
        var weights = new float[length];
        for (int i = 0; i < length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        var flat = tf.reshape(y, tf.constant(new int[] {length}));
        return tf.sum(tf.math.mul(flat, tf.constant(weights)), tf.constant(0));
    }

    private static float[] moved(float[] at, float[] direction, double by) {
        var moved = new float[at.length];
        for (int i = 0; i < at.length; i++) {
            moved[i] = (float) (at[i] + by * direction[i]);
        }
        return moved;
    }

    private static double lossAt(Session session, Variables.Slot slot, Operand<TFloat32> loss, float[] values) {
        assign(session, slot, values);
        return read(session, loss)[0];
    }

    /** Away from zero and from one another, so that no weight hides behind an initial value; variances positive. */
    static float[] gaussian(Variables.Slot slot) {
        var random = new Random(slot.name().hashCode());
        var values = new float[(int) Shape.of(slot.dimensions()).size()];
        for (int i = 0; i < values.length; i++) {
            double value = random.nextGaussian();
            values[i] = (float) (slot.name().endsWith(".variance") ? 1 + Math.abs(value) : value);
        }
        return values;
    }

    static void assign(Session session, Variables.Slot slot, float[] values) {
        try (var tensor = TFloat32.tensorOf(Shape.of(slot.dimensions()), DataBuffers.of(values))) {
            session.runner()
                    .feed(slot.feed(), tensor)
                    .addTarget(slot.assign())
                    .run()
                    .close();
        }
    }

    private static float[] read(Session session, Operand<TFloat32> operand) {
        try (var result = session.runner().fetch(operand).run()) {
            var values = new float[(int) result.get(0).size()];
            result.get(0).asRawTensor().data().asFloats().read(values);
            return values;
        }
    }
}
