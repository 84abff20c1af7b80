package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * The first convolution of a network that sees texture rather than content: beside the picture it is given what a 3×3 mean
 * leaves of it, and instead of a stride every 2×2 square becomes channels, so that no fine texture is lost.
 *
 * <p>Float {@code [N,S,S,3]} of 0 to 255 → {@code [N,S/2,S/2,outputs]}; S is even.
 */
record TextureConvolution(String name, int outputs) implements Layer {
    /** Brings the residual to the size of the picture's own values. */
    private static final float RESIDUAL_SCALE = 6;

    private static final float HALF_RANGE = 127.5f;
    private static final int COLOURS = 3;
    private static final int SQUARE = 2;
    /** Of each pixel of a square its colours, and behind them their residuals or means. */
    private static final int CHANNELS = SQUARE * SQUARE * 2 * COLOURS;

    private static final int TAPS = 3;

    @Override
    public Operand<TFloat32> apply(Net net, Operand<TFloat32> frames) {
        return net.mode(name) == Mode.SERVING
                ? folded(net, frames)
                : new Convolution(name, CHANNELS, outputs).apply(net, squares(net.tf(), frames));
    }

    private static Operand<TFloat32> squares(Ops tf, Operand<TFloat32> frames) {
        var x = tf.math.sub(tf.math.mul(frames, tf.constant(1 / HALF_RANGE)), tf.constant(1f)); // [N,S,S,3], -1 to 1
        var mean = tf.nn.avgPool(x, List.of(1L, 3L, 3L, 1L), List.of(1L, 1L, 1L, 1L), "SAME"); // [N,S,S,3]
        var residual = tf.math.mul(tf.math.sub(x, mean), tf.constant(RESIDUAL_SCALE)); // [N,S,S,3]
        return tf.nn.spaceToDepth(tf.concat(List.of(x, residual), tf.constant(3)), (long) SQUARE); // [N,S/2,S/2,24]
    }

    /**
     * The same but for rounding, in a fifth less time: one convolution makes the squares' pixels and their means, and the
     * kernel makes residuals of these.
     */
    private Operand<TFloat32> folded(Net net, Operand<TFloat32> frames) {
        var tf = net.tf();
        var weights = net.parameters();
        var kernel = weights.weight(name + ".kernel", Initial.HE, TAPS, TAPS, CHANNELS, outputs);
        var bias = weights.weight(name + ".bias", Initial.ZEROS, outputs);
        var padded = tf.nn.conv2d(frames, tf.constant(pixelsAndMeans()), List.of(1L, 2L, 2L, 1L), "SAME");
        int squares = (int) frames.shape().get(1) / SQUARE;
        var rows = tf.reshape(tf.constant(edges(squares, true)), tf.constant(new int[] {squares, 1, CHANNELS}));
        var columns = tf.constant(edges(squares, false));
        var means = tf.math.mul(padded, tf.math.mul(rows, columns)); // [N,S/2,S/2,24], 0 to 255
        var centred = tf.math.sub(means, tf.constant(HALF_RANGE));
        return tf.nn.relu(tf.nn.biasAdd(Convolution.convolve(net, centred, forMeans(tf, kernel)), bias));
    }

    /** Of a square and the pixels around it, 0 beyond the picture: {@code [4,4,3,24]}. */
    private static float[][][][] pixelsAndMeans() {
        var kernel = new float[SQUARE + 2][SQUARE + 2][COLOURS][CHANNELS];
        for (int pixel = 0; pixel < SQUARE * SQUARE; pixel++) {
            int y = pixel / SQUARE;
            int x = pixel % SQUARE;
            for (int colour = 0; colour < COLOURS; colour++) {
                int channel = pixel * 2 * COLOURS + colour;
                kernel[y + 1][x + 1][colour][channel] = 1;
                for (int tap = 0; tap < TAPS * TAPS; tap++) {
                    kernel[y + tap / TAPS][x + tap % TAPS][colour][channel + COLOURS] = 1f / (TAPS * TAPS);
                }
            }
        }
        return kernel;
    }

    /** By what means at the edge of the picture are too small, since a third of their pixels is missing: {@code [S/2,24]}. */
    private static float[][] edges(int squares, boolean vertical) {
        var factors = new float[squares][CHANNELS];
        for (int square = 0; square < squares; square++) {
            for (int channel = 0; channel < CHANNELS; channel++) {
                int pixel = channel / (2 * COLOURS);
                int at = SQUARE * square + (vertical ? pixel / SQUARE : pixel % SQUARE);
                boolean isMean = channel / COLOURS % 2 == 1;
                boolean isEdge = at == 0 || at == SQUARE * squares - 1;
                factors[square][channel] = isMean && isEdge ? TAPS / (TAPS - 1f) : 1;
            }
        }
        return factors;
    }

    /** The kernel for means in the place of residuals, and for a range of 255 instead of 2. */
    private Operand<TFloat32> forMeans(Ops tf, Operand<TFloat32> kernel) {
        var apart = tf.reshape(kernel, tf.constant(new int[] {TAPS * TAPS * SQUARE * SQUARE, 2, COLOURS * outputs}));
        var parts = tf.unstack(apart, 2L, Unstack.axis(1L)).output();
        var ofResiduals = tf.math.mul(parts.get(1), tf.constant(RESIDUAL_SCALE));
        var both = tf.stack(
                List.of(tf.math.add(parts.get(0), ofResiduals), tf.math.neg(ofResiduals)),
                Stack.axis(1L)); // [36,2,3·O]
        var scaled = tf.math.mul(both, tf.constant(1 / HALF_RANGE));
        return tf.reshape(scaled, tf.constant(new int[] {TAPS, TAPS, CHANNELS, outputs}));
    }
}
