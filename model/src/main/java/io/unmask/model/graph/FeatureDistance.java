package io.unmask.model.graph;

import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TFloat32;

/**
 * How far features lie from those of the training faces: the squared Mahalanobis distance of features of length 1 (Müller
 * and Hein, "Mahalanobis++", ICML 2025) under the Gaussian of probabilistic PCA (Tipping and Bishop, 1999), divided by
 * their number. The mean over the training faces is 1, whatever the network.
 *
 * @param features D
 * @param axes R: directions in which the training faces vary most
 */
public record FeatureDistance(int features, int axes) {
    private static final String PREFIX = "distance.";
    public static final String MEAN = PREFIX + "mean";
    public static final String AXES = PREFIX + "axes";
    public static final String SCALE = PREFIX + "scale";

    /** Keeps the length of features that are all 0 from being a divisor. */
    public static final float LEAST_SQUARE = 1e-12f;

    /** The layer that such weights were fitted for. */
    public static FeatureDistance of(Map<String, float[]> weights) {
        int features = weights.get(MEAN).length;
        return new FeatureDistance(features, weights.get(AXES).length / features);
    }

    /** Whether a weight belongs to this layer, which no gradient trains. */
    public static boolean holds(String weight) {
        return weight.startsWith(PREFIX);
    }

    /** {@code [N,D]} → {@code [N]}. */
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> rows) {
        var tf = net.tf();
        var mean = net.parameters().weight(MEAN, Initial.ZEROS, features);
        var axes = net.parameters().weight(AXES, Initial.ZEROS, features, this.axes);
        var scale = net.parameters().weight(SCALE, Initial.ONES, 1);
        var last = tf.constant(1);
        var square = tf.sum(tf.math.square(rows), last, Sum.keepDims(true)); // [N,1]
        var length = tf.math.rsqrt(tf.math.maximum(square, tf.constant(LEAST_SQUARE))); // [N,1]
        var centred = tf.math.sub(tf.math.mul(rows, length), mean); // [N,D]
        var along = tf.linalg.matMul(centred, axes); // [N,R]
        var off = tf.math.sub(tf.sum(tf.math.square(centred), last), tf.sum(tf.math.square(along), last)); // [N]
        return tf.math.mul(tf.nn.relu(off), scale);
    }

    /** Mean over the frames that are there: {@code [B,T,D]} and {@code [B,T]} → {@code [B]}. */
    public Operand<TFloat32> ofClips(BuildContext net, Operand<TFloat32> clips, Operand<TFloat32> mask, int frames) {
        var tf = net.tf();
        var rows = apply(net, tf.reshape(clips, tf.constant(new int[] {-1, features}))); // [B*T]
        var byClip = tf.reshape(rows, tf.constant(new int[] {-1, frames})); // [B,T]
        var count = tf.math.maximum(tf.sum(mask, tf.constant(1)), tf.constant(1f)); // [B]
        return tf.math.div(tf.sum(tf.math.mul(byClip, mask), tf.constant(1)), count);
    }
}
