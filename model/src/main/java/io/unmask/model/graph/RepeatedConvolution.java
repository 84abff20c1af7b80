package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/**
 * What a 3×3 {@link PlainConvolution} makes of a picture that {@link Upsample.Kind#NEAREST} has doubled, without that
 * picture: each of a square's four pixels sees 2×2 pixels of the small picture, with the sums of the weights that fell on
 * them. {@code [N,H,W,inputs]} → {@code [N,2H,2W,outputs]}.
 */
record RepeatedConvolution(String name, int inputs, int outputs, boolean rectified) implements Layer {
    private static final List<Long> STRIDES = List.of(1L, 1L, 1L, 1L);
    private static final int[][] MARGIN = {{0, 0}, {1, 1}, {1, 1}, {0, 0}};
    private static final int TAPS = 3;
    private static final int PHASES = 2;

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
        var tf = net.tf();
        var initial = rectified ? Initial.HE : Initial.LECUN;
        var kernel = net.weight(name + ".kernel", initial, TAPS, TAPS, inputs, outputs);
        var bias = net.weight(name + ".bias", Initial.ZEROS, outputs);
        int squares = PHASES * PHASES;
        var flat = tf.reshape(kernel, tf.constant(new int[] {TAPS * TAPS, inputs * outputs})); // [9,C·O]
        var sums = tf.linalg.matMul(tf.constant(fallen()), flat); // [4·4,C·O]
        var apart = tf.reshape(sums, tf.constant(new int[] {squares, squares, inputs, outputs})); // [4,4,C,O]
        var together = tf.linalg.transpose(apart, tf.constant(new int[] {0, 2, 1, 3})); // [4,C,4,O]
        var small = tf.reshape(together, tf.constant(new int[] {PHASES, PHASES, inputs, squares * outputs}));
        var bordered = tf.pad(x, tf.constant(MARGIN), tf.constant(0f)); // [N,H+2,W+2,C]
        var all = tf.nn.conv2d(bordered, small, STRIDES, "VALID"); // [N,H+1,W+1,4·O]
        int height = (int) x.shape().get(1);
        int width = (int) x.shape().get(2);
        var drawn = new ArrayList<Operand<TFloat32>>();
        for (int y = 0; y < PHASES; y++) {
            for (int x0 = 0; x0 < PHASES; x0++) {
                var begin = tf.constant(new int[] {0, y, x0, (y * PHASES + x0) * outputs});
                drawn.add(tf.slice(all, begin, tf.constant(new int[] {-1, height, width, outputs})));
            }
        }
        var sum = tf.nn.biasAdd(tf.nn.depthToSpace(tf.concat(drawn, tf.constant(3)), (long) PHASES), bias);
        return rectified ? tf.nn.leakyRelu(sum, LeakyRelu.alpha(PlainConvolution.LEAK)) : sum;
    }

    /** 1 where a weight of the large picture's kernel (column) falls on one of 2×2 pixels of the small one, for a phase (row). */
    private static float[][] fallen() {
        int squares = PHASES * PHASES;
        var fallen = new float[squares * squares][TAPS * TAPS];
        for (int phaseY = 0; phaseY < PHASES; phaseY++) {
            for (int phaseX = 0; phaseX < PHASES; phaseX++) {
                for (int y = 0; y < TAPS; y++) {
                    for (int x = 0; x < TAPS; x++) {
                        int square = pixel(phaseY, y) * PHASES + pixel(phaseX, x);
                        fallen[(square * PHASES + phaseY) * PHASES + phaseX][y * TAPS + x] = 1;
                    }
                }
            }
        }
        return fallen;
    }

    /** Of the two that a phase sees: where a tap's pixel of the large picture comes from. */
    private static int pixel(int phase, int tap) {
        return (tap + 1 - phase) / PHASES;
    }
}
