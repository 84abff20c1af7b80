package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Cross-entropy of the places whose forged share is known. */
public final class MaskLoss {
    /** Stands for the share of a place of which it is not known. */
    public static final float UNKNOWN = -1;

    private MaskLoss() {}

    /**
     * @param logits {@code [N,H,W]}
     * @param shares {@code [N,H,W]}, from 0 to 1, or {@link #UNKNOWN}
     * @return a scalar; 0 when no share is known
     */
    public static Operand<TFloat32> of(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> shares) {
        var zero = tf.constant(0f);
        var known = tf.dtypes.cast(tf.math.greaterEqual(shares, zero), TFloat32.class);
        var targets = tf.math.maximum(shares, zero);
        // Stable for large logits: max(x, 0) - x * z + log(1 + exp(-|x|)).
        var losses = tf.math.add(
                tf.math.sub(tf.math.maximum(logits, zero), tf.math.mul(logits, targets)),
                tf.math.log1p(tf.math.exp(tf.math.neg(tf.math.abs(logits)))));
        var all = tf.constant(new int[] {0, 1, 2});
        return tf.math.div(
                tf.sum(tf.math.mul(losses, known), all), tf.math.maximum(tf.sum(known, all), tf.constant(1f)));
    }
}
