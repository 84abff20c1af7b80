package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Says of each place of a frame how much of it is forged: {@code [N,H,W,D]} → logits {@code [N,H,W]}.
 *
 * @param features D
 * @param side H and W
 */
public record MaskHead(int features, int side) implements Layer {
    private static final String NAME = "head.mask";

    /** The weight without which a model cannot tell places. */
    public static final String KERNEL = NAME + ".kernel";

    public static MaskHead of(Architecture architecture) {
        return new MaskHead(architecture.encoder().features(), architecture.places());
    }

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> places) {
        var tf = net.tf();
        var rows = tf.reshape(places, tf.constant(new int[] {-1, features})); // [N*H*W,D]
        var logits = new Dense(NAME, features, 1, Initial.LECUN).apply(net, rows);
        return tf.reshape(logits, tf.constant(new int[] {-1, side, side}));
    }
}
