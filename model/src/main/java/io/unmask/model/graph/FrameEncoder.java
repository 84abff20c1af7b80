package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A CNN that sees texture rather than content: beside the picture it is given what a 3×3 mean leaves of it, and instead
 * of a strided first convolution every 2×2 square becomes channels, so that no fine texture is lost.
 *
 * <p>uint8 {@code [N,S,S,3]} → {@code [N,D]}; S is a multiple of 32.
 *
 * @param widths channels of each stage; between stages the picture is halved; the last is D
 */
public record FrameEncoder(List<Integer> widths) {
    /** Brings the residual to the size of the picture's own values. */
    private static final float RESIDUAL_SCALE = 6;
    /** Stages from this on have a second convolution: before, the picture is large and it would cost too much. */
    private static final int FIRST_DOUBLE_STAGE = 2;

    private static final int INPUT_CHANNELS = 24;

    public FrameEncoder {
        widths = List.copyOf(widths);
    }

    public int features() {
        return widths.get(widths.size() - 1);
    }

    public Operand<TFloat32> apply(Net net, Operand<TUint8> frames) {
        return applyToValues(net, net.tf().dtypes.cast(frames, TFloat32.class));
    }

    /** The same of frames that were not rounded: float {@code [N,S,S,3]}, 0 to 255. */
    public Operand<TFloat32> applyToValues(Net net, Operand<TFloat32> frames) {
        var tf = net.tf();
        var x = tf.math.sub(tf.math.mul(frames, tf.constant(1 / 127.5f)), tf.constant(1f)); // [N,S,S,3], -1 to 1
        var mean = tf.nn.avgPool(x, List.of(1L, 3L, 3L, 1L), List.of(1L, 1L, 1L, 1L), "SAME"); // [N,S,S,3]
        var residual = tf.math.mul(tf.math.sub(x, mean), tf.constant(RESIDUAL_SCALE)); // [N,S,S,3]
        var both = tf.concat(List.of(x, residual), tf.constant(3)); // [N,S,S,6]
        var squares = tf.nn.spaceToDepth(both, 2L); // [N,S/2,S/2,24]
        var maps = stages().apply(net, squares); // [N,S/32,S/32,D]
        return tf.math.mean(maps, tf.constant(new int[] {1, 2})); // [N,D]
    }

    private Stack stages() {
        var layers = new ArrayList<Layer>();
        int channels = INPUT_CHANNELS;
        for (int stage = 0; stage < widths.size(); stage++) {
            int width = widths.get(stage);
            if (stage > 0) {
                layers.add(new MaxPool());
            }
            layers.add(new Convolution("encoder.stage" + stage + ".a", channels, width));
            if (stage >= FIRST_DOUBLE_STAGE) {
                layers.add(new Convolution("encoder.stage" + stage + ".b", width, width));
            }
            channels = width;
        }
        return new Stack(layers);
    }
}
