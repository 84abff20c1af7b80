package io.unmask.model.graph;

import java.util.ArrayList;
import org.tensorflow.Operand;
import org.tensorflow.op.core.Sum;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/**
 * What a clip's frames say one by one, and what their order adds: the mean of the frames' own logits plus a correction
 * from a gated recurrent unit (Cho et al., EMNLP 2014; reset after the product, as cuDNN does) whose states are pooled
 * by attention. The correction starts at nothing, so that an untrained recurrence does not disturb a trained encoder.
 *
 * @param frames T
 * @param features D
 * @param units size of the recurrent state; 0: there is none, and the mean is the clip's score
 * @param classes K
 */
public record TemporalHead(int frames, int features, int units, int classes) {

    /**
     * @param logits {@code [B,K]}
     * @param frameLogits {@code [B,T,K]}
     */
    public record Output(Operand<TFloat32> logits, Operand<TFloat32> frameLogits) {}

    /**
     * @param features {@code [B,T,D]}
     * @param mask {@code [B,T]}: 1 where there is a frame, else 0; at least one frame a clip
     */
    public Output apply(BuildContext net, Operand<TFloat32> features, Operand<TFloat32> mask) {
        var tf = net.tf();
        var rows = tf.reshape(features, tf.constant(new int[] {-1, this.features})); // [B*T,D]
        var frameRows = new Dense("head.frame", this.features, classes, Initial.LECUN).apply(net, rows); // [B*T,K]
        var frameLogits = tf.reshape(frameRows, tf.constant(new int[] {-1, frames, classes})); // [B,T,K]
        var mask3 = tf.expandDims(mask, tf.constant(2)); // [B,T,1]
        var count = tf.math.maximum(tf.sum(mask, tf.constant(1), Sum.keepDims(true)), tf.constant(1f)); // [B,1]
        var mean = tf.math.div(tf.sum(tf.math.mul(frameLogits, mask3), tf.constant(1)), count); // [B,K]

        if (units == 0) {
            return new Output(mean, frameLogits);
        }
        var states = recur(net, rows, mask); // [B,T,U]
        var pooled = attend(net, states, mask); // [B,U]
        var correction = new Dense("head.clip", units, classes, Initial.ZEROS).apply(net, pooled); // [B,K]
        return new Output(tf.math.add(mean, correction), frameLogits);
    }

    private Operand<TFloat32> recur(BuildContext net, Operand<TFloat32> rows, Operand<TFloat32> mask) {
        var tf = net.tf();
        var inputs = new Dense("head.gru.input", features, 3 * units, Initial.LECUN).apply(net, rows); // [B*T,3U]
        var byClip = tf.reshape(inputs, tf.constant(new int[] {-1, frames, 3 * units})); // [B,T,3U]
        var steps = tf.unstack(byClip, (long) frames, Unstack.axis(1L)); // T × [B,3U]
        var present = tf.split(tf.constant(1), mask, (long) frames); // T × [B,1]
        var recurrent = new Dense("head.gru.state", units, 3 * units, Initial.LECUN);
        Operand<TFloat32> state = tf.zerosLike(tf.slice(
                steps.output().get(0), tf.constant(new int[] {0, 0}), tf.constant(new int[] {-1, units}))); // [B,U]
        var states = new ArrayList<Operand<TFloat32>>();
        for (int t = 0; t < frames; t++) {
            var x = tf.split(tf.constant(1), steps.output().get(t), 3L); // 3 × [B,U]
            var h = tf.split(tf.constant(1), recurrent.apply(net, state), 3L); // 3 × [B,U]
            var reset =
                    tf.math.sigmoid(tf.math.add(x.output().get(0), h.output().get(0))); // [B,U]
            var update =
                    tf.math.sigmoid(tf.math.add(x.output().get(1), h.output().get(1))); // [B,U]
            var candidate = tf.math.tanh(
                    tf.math.add(x.output().get(2), tf.math.mul(reset, h.output().get(2)))); // [B,U]
            var step = tf.math.mul(tf.math.sub(candidate, state), update); // [B,U]
            state = tf.math.add(state, tf.math.mul(step, present.output().get(t))); // a missing frame changes nothing
            states.add(state);
        }
        return tf.stack(states, org.tensorflow.op.core.Stack.axis(1L)); // [B,T,U]
    }

    private Operand<TFloat32> attend(BuildContext net, Operand<TFloat32> states, Operand<TFloat32> mask) {
        var tf = net.tf();
        var rows = tf.reshape(states, tf.constant(new int[] {-1, units})); // [B*T,U]
        var scores = tf.reshape(
                new Dense("head.attention", units, 1, Initial.LECUN).apply(net, rows),
                tf.constant(new int[] {-1, frames})); // [B,T]
        var absent = tf.math.mul(tf.math.sub(mask, tf.constant(1f)), tf.constant(1e9f)); // [B,T], 0 or -1e9
        var weights = tf.nn.softmax(tf.math.add(scores, absent)); // [B,T]
        return tf.sum(tf.math.mul(states, tf.expandDims(weights, tf.constant(2))), tf.constant(1)); // [B,U]
    }

    /** Whether a weight belongs to the recurrence, its attention or its correction: what single frames cannot train. */
    public static boolean isRecurrent(String weight) {
        return weight.startsWith("head.gru.")
                || weight.startsWith("head.attention.")
                || weight.startsWith("head.clip.");
    }
}
