package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A small autoencoder: an encoder leaves few features of each 4×4 square, and a decoder draws the picture again out of
 * them. {@code [N,H,W,3]} of 0 to 1 → the same, roughly; both sides are multiples of 4.
 *
 * @param quantised whether the features are whole numbers of few steps, as in generators that draw tokens (finite scalar
 *     quantisation, Mentzer et al., ICLR 2024)
 */
public record FaceAutoencoder(Upsampling upsampling, boolean quantised) implements Layer {
    private static final List<Integer> WIDTHS = List.of(24, 48);
    private static final int FEATURES = 8;
    /** Features are from -3 to 3: seven steps. */
    private static final float LARGEST_FEATURE = 3;

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> pictures) {
        var tf = net.tf();
        var half = tf.constant(0.5f);
        var centred = tf.math.div(tf.math.sub(pictures, half), half); // -1 to 1
        var features = new Stack(encoder()).apply(net, tf.nn.spaceToDepth(centred, 2L)); // [N,H/4,W/4,F]
        var drawn = new Stack(decoder()).apply(net, quantised ? quantised(net, features) : features);
        return tf.math.add(tf.math.mul(drawn, half), half);
    }

    private static List<Layer> encoder() {
        return List.of(
                new PlainConvolution("face.half", 12, WIDTHS.get(0), true), // [N,H/2,W/2,24]
                new MaxPool(),
                new PlainConvolution("face.quarter", WIDTHS.get(0), WIDTHS.get(1), true), // [N,H/4,W/4,48]
                new PlainConvolution("face.features", WIDTHS.get(1), FEATURES, false));
    }

    /** Whole numbers; the gradient passes as if they had not been rounded. */
    private static Operand<TFloat32> quantised(BuildContext net, Operand<TFloat32> features) {
        var tf = net.tf();
        var largest = tf.constant(LARGEST_FEATURE);
        var limited = tf.math.mul(tf.math.tanh(features), largest);
        return tf.math.add(limited, tf.stopGradient(tf.math.sub(tf.math.rint(limited), limited)));
    }

    private List<Layer> decoder() {
        var layers = new ArrayList<Layer>();
        int channels = FEATURES;
        for (int level = WIDTHS.size() - 1; level >= 0; level--) {
            int width = WIDTHS.get(level);
            // Shuffling turns four channels into one.
            int before = upsampling == Upsampling.SHUFFLE ? 2 * width : width;
            layers.add(new PlainConvolution("face.before" + level, channels, before, true));
            layers.add(upsampling); // [N,2H,2W,C]
            channels = upsampling == Upsampling.SHUFFLE ? before / 4 : before;
            layers.add(new PlainConvolution("face.after" + level, channels, width, true));
            channels = width;
        }
        layers.add(new PlainConvolution("face.out", channels, 3, false));
        return layers;
    }
}
