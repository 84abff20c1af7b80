package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
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
    /** The colours of a square's pixels, and then their residuals. */
    private static final int CHANNELS = SQUARE * SQUARE * 2 * COLOURS;

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> frames) {
        return new Convolution(name, CHANNELS, outputs).apply(net, squares(net.tf(), frames));
    }

    private static Operand<TFloat32> squares(Ops tf, Operand<TFloat32> frames) {
        var x = tf.math.sub(tf.math.mul(frames, tf.constant(1 / HALF_RANGE)), tf.constant(1f)); // [N,S,S,3], -1 to 1
        var mean = tf.nn.avgPool(x, List.of(1L, 3L, 3L, 1L), List.of(1L, 1L, 1L, 1L), "SAME"); // [N,S,S,3]
        var residual = tf.math.mul(tf.math.sub(x, mean), tf.constant(RESIDUAL_SCALE)); // [N,S,S,3]
        return tf.nn.spaceToDepth(tf.concat(List.of(x, residual), tf.constant(3)), (long) SQUARE); // [N,S/2,S/2,24]
    }
}
