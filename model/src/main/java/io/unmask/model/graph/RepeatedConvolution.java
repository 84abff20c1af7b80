package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What a 3×3 {@link PlainConvolution} makes of a picture that {@link Upsample.Kind#NEAREST} has doubled, without that
 * picture: each of a square's four pixels sees every pixel of the small picture with the sum of the weights that fell on it.
 * {@code [N,H,W,inputs]} → {@code [N,2H,2W,outputs]}.
 */
record RepeatedConvolution(String name, int inputs, int outputs) implements Layer {
    private static final List<Long> STRIDES = List.of(1L, 1L, 1L, 1L);
    private static final int TAPS = 3;
    private static final int PHASES = 2;

    @Override
    public Operand<TFloat32> apply(Net net, Operand<TFloat32> x) {
        var tf = net.tf();
        var kernel = net.weight(name + ".kernel", Initial.LECUN, TAPS, TAPS, inputs, outputs);
        var bias = net.weight(name + ".bias", Initial.ZEROS, outputs);
        int squares = TAPS * TAPS;
        int pixels = PHASES * PHASES;
        var flat = tf.reshape(kernel, tf.constant(new int[] {squares, inputs * outputs})); // [9,C·O]
        var sums = tf.linalg.matMul(tf.constant(fallen()), flat); // [9·4,C·O]
        var apart = tf.reshape(sums, tf.constant(new int[] {squares, pixels, inputs, outputs})); // [9,4,C,O]
        var together = tf.linalg.transpose(apart, tf.constant(new int[] {0, 2, 1, 3})); // [9,C,4,O]
        var small = tf.reshape(together, tf.constant(new int[] {TAPS, TAPS, inputs, pixels * outputs}));
        var drawn = tf.nn.conv2d(x, small, STRIDES, "SAME"); // [N,H,W,4·O]
        return tf.nn.biasAdd(tf.nn.depthToSpace(drawn, (long) PHASES), bias);
    }

    /** 1 where a weight of the large picture's kernel (column) falls on a pixel of the small one, for a phase (row). */
    private static float[][] fallen() {
        var fallen = new float[TAPS * TAPS * PHASES * PHASES][TAPS * TAPS];
        for (int phaseY = 0; phaseY < PHASES; phaseY++) {
            for (int phaseX = 0; phaseX < PHASES; phaseX++) {
                for (int y = 0; y < TAPS; y++) {
                    for (int x = 0; x < TAPS; x++) {
                        int square = pixel(phaseY, y) * TAPS + pixel(phaseX, x);
                        fallen[(square * PHASES + phaseY) * PHASES + phaseX][y * TAPS + x] = 1;
                    }
                }
            }
        }
        return fallen;
    }

    /** Of the small picture, from 0 for the one before: where a tap's pixel of the large one comes from. */
    private static int pixel(int phase, int tap) {
        return Math.floorDiv(phase + tap - 1, PHASES) + 1;
    }
}
