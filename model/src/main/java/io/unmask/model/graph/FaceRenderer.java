package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A face through the eye of a needle and back: an encoder leaves few features of each 4×4 square, and a decoder makes
 * of them what a thumbnail lacks, as that of a talking head or a face swap does. What comes out is the same face with a generator's
 * texture.
 *
 * <p>uint8 {@code [N,S,S,3]} → float {@code [N,S,S,3]} of 0 to 255, roughly; S is a multiple of 8.
 *
 * @param side S
 * @param features channels in the needle's eye
 */
public record FaceRenderer(String name, int side, int features, Upsample.Kind upsampling) {
    private static final List<Integer> WIDTHS = List.of(24, 48);
    /** Side of the squares whose mean colour goes past the needle's eye, in pixels. */
    private static final int THUMBNAIL = 8;

    private static final float HALF_RANGE = 127.5f;

    public Operand<TFloat32> apply(BuildContext net, Operand<TUint8> faces) {
        var tf = net.tf();
        var values = tf.dtypes.cast(faces, TFloat32.class); // [N,S,S,3]
        var thumbnail = tf.nn.avgPool(values, square(THUMBNAIL), square(THUMBNAIL), "VALID"); // [N,S/8,S/8,3]
        var coarse = tf.image.resizeBilinear(thumbnail, tf.constant(new int[] {side, side}));
        var x = tf.math.sub(tf.math.div(values, tf.constant(HALF_RANGE)), tf.constant(1f)); // -1 to 1
        var squares = tf.nn.spaceToDepth(x, 2L); // [N,S/2,S/2,12]
        var fine = new Stack(layers()).apply(net, squares); // [N,S,S,3]
        return tf.math.add(coarse, tf.math.mul(fine, tf.constant(HALF_RANGE)));
    }

    private static List<Long> square(long pixels) {
        return List.of(1L, pixels, pixels, 1L);
    }

    private List<Layer> layers() {
        var layers = new ArrayList<Layer>();
        int channels = 12;
        for (int level = 0; level < WIDTHS.size(); level++) {
            if (level > 0) {
                layers.add(new MaxPool());
            }
            layers.add(new PlainConvolution(name + ".down" + level, channels, WIDTHS.get(level), true));
            channels = WIDTHS.get(level);
        }
        layers.add(new PlainConvolution(name + ".eye", channels, features, false)); // [N,S/4,S/4,F]
        channels = features;
        int top = WIDTHS.size() - 1;
        for (int level = top; level >= 0; level--) {
            int width = WIDTHS.get(level);
            String up = name + ".up" + level;
            if (shuffles()) {
                layers.add(new PlainConvolution(up, channels, 2 * width, true));
                layers.add(new Upsample(upsampling, side >> level)); // [N,S/2^level,S/2^level,C]
            } else if (level == top) {
                layers.add(new PlainConvolution(up, channels, width, true));
            } else {
                layers.add(new RepeatedConvolution(up, channels, width, true)); // [N,S/2^(level+1),S/2^(level+1),C]
            }
            channels = drawn(level);
        }
        String out = name + ".out";
        layers.add(
                shuffles()
                        ? new PlainConvolution(out, channels, 3, false)
                        : new RepeatedConvolution(out, channels, 3, false));
        return layers;
    }

    /** Channels behind the upsampling of a level: shuffling is given twice as many and leaves half, for equal work. */
    private int drawn(int level) {
        return shuffles() ? WIDTHS.get(level) / 2 : WIDTHS.get(level);
    }

    private boolean shuffles() {
        return upsampling == Upsample.Kind.SHUFFLE;
    }
}
