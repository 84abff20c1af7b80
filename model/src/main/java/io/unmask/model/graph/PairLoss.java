package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Logistic loss of how much more a fake looks fake than the authentic clip beside it (RankNet; Burges et al., ICML 2005).
 * Where the two show one person before one camera, nothing but the forgery can make the difference.
 */
final class PairLoss {
    private PairLoss() {}

    /**
     * @param logits {@code [2P,2]}, of pairs: an authentic clip, then a fake one
     * @return a scalar
     */
    static Operand<TFloat32> of(Ops tf, Operand<TFloat32> logits) {
        var margins = tf.linalg.matMul(logits, tf.constant(new float[][] {{-1}, {1}})); // [2P,1], how fake each looks
        var pairs = tf.reshape(margins, tf.constant(new int[] {-1, 2})); // [P,2]
        var lead = tf.linalg.matMul(pairs, tf.constant(new float[][] {{1}, {-1}})); // [P,1], of the authentic one
        return tf.math.mean(tf.math.softplus(lead), tf.constant(new int[] {0, 1}));
    }
}
