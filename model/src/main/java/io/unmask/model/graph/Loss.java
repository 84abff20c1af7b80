package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Weighted cross-entropy of the clip's logits, plus a share of that of its frames, so that a clip says where it is fake.
 *
 * @param frameShare weight of the frames' part
 * @param pairShare how much of the clips' part compares the two clips of each pair instead of judging each by itself: 0 to
 *     1. Above 0 there are two classes, and clips come in pairs: an authentic one, then a fake one
 */
public record Loss(double frameShare, double pairShare) {
    /** A comparison counts for both of its clips. */
    private static final double CLIPS_COMPARED = 2;

    /**
     * @param labels {@code [B,K]}, each row sums to 1
     * @param weights {@code [B]}
     * @param mask {@code [B,T]}
     * @return a scalar
     */
    public Operand<TFloat32> apply(
            Ops tf,
            TemporalHead.Output output,
            Operand<TFloat32> labels,
            Operand<TFloat32> weights,
            Operand<TFloat32> mask) {
        var clips = clips(tf, output, labels, weights); // []
        if (frameShare == 0) {
            return clips;
        }
        var everyFrame = tf.math.mul(
                tf.expandDims(labels, tf.constant(1)), tf.expandDims(mask, tf.constant(2))); // [B,T,K], 0 where absent
        var frameWeights = tf.math.mul(mask, tf.expandDims(weights, tf.constant(1))); // [B,T]
        int classes = Math.toIntExact(labels.shape().get(1));
        var rows = tf.constant(new int[] {-1, classes});
        var frames = mean(
                tf,
                crossEntropy(tf, tf.reshape(output.frameLogits(), rows), tf.reshape(everyFrame, rows)), // [B*T]
                tf.reshape(frameWeights, tf.constant(new int[] {-1})));
        return tf.math.add(clips, tf.math.mul(frames, tf.constant((float) frameShare)));
    }

    private Operand<TFloat32> clips(
            Ops tf, TemporalHead.Output output, Operand<TFloat32> labels, Operand<TFloat32> weights) {
        var alone = mean(tf, crossEntropy(tf, output.logits(), labels), weights);
        if (pairShare == 0) {
            return alone;
        }
        return tf.math.add(
                tf.math.mul(alone, tf.constant((float) (1 - pairShare))),
                tf.math.mul(PairLoss.of(tf, output.logits()), tf.constant((float) (CLIPS_COMPARED * pairShare))));
    }

    private static Operand<TFloat32> crossEntropy(Ops tf, Operand<TFloat32> logits, Operand<TFloat32> labels) {
        return tf.nn.softmaxCrossEntropyWithLogits(logits, labels).loss();
    }

    private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> losses, Operand<TFloat32> weights) {
        var all = tf.constant(new int[] {0});
        return tf.math.div(tf.sum(tf.math.mul(losses, weights), all), tf.sum(weights, all));
    }
}
