package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * The tiny autoencoder of madebyollin/taesd for FLUX.2's latents. Weights have the names of its files, as in
 * {@code 3.conv.0.weight}; the number counts the places of its sequence. One picture at a time.
 */
public final class TinyAutoencoder {
    private static final int WIDTH = 64;
    private static final int LATENT = 32;
    private static final int POOL_WIDTH = 256;
    private static final int POOL_GROUPS = 4;
    private static final float POOL_EPSILON = 1e-5f;
    private static final float LATENT_LIMIT = 3;
    /** Halvings of the picture. */
    private static final int LEVELS = 3;

    private static final int BLOCKS = 3;

    /** The picture's sides are multiples of this. */
    public static final int MULTIPLE = 1 << LEVELS;

    private TinyAutoencoder() {}

    /** Pictures of 0 to 1 become latents: {@code [1,H,W,3]} → {@code [1,H/8,W/8,32]}. */
    public static Layer encoder() {
        var layers = new ArrayList<Layer>();
        layers.add(new Plain("0", 3, 3, WIDTH, 1, true));
        layers.add(new Block("1", false));
        int place = 2;
        for (int level = 0; level < LEVELS; level++) {
            layers.add(new Plain("" + place++, 3, WIDTH, WIDTH, 2, false)); // [1,H/2,W/2,64]
            place = addBlocks(layers, place, level == LEVELS - 1);
        }
        layers.add(new Plain("" + place, 3, WIDTH, LATENT, 1, true));
        return new Stack(layers);
    }

    /** Latents become pictures of 0 to 1: {@code [1,H,W,32]} → {@code [1,8H,8W,3]}. */
    public static Layer decoder() {
        var layers = new ArrayList<Layer>();
        layers.add(TinyAutoencoder::limited);
        layers.add(new Plain("1", 3, LATENT, WIDTH, 1, true));
        layers.add((net, x) -> net.tf().nn.relu(x));
        int place = 3;
        for (int level = 0; level < LEVELS; level++) {
            place = addBlocks(layers, place, level == 0) + 1;
            layers.add(Upsampling.NEAREST); // [1,2H,2W,64]
            layers.add(new Plain("" + place++, 3, WIDTH, WIDTH, 1, false));
        }
        layers.add(new Block("" + place++, false));
        layers.add(new Plain("" + place, 3, WIDTH, 3, 1, true));
        layers.add((net, x) ->
                net.tf().clipByValue(x, net.tf().constant(0f), net.tf().constant(1f)));
        return new Stack(layers);
    }

    private static int addBlocks(List<Layer> layers, int firstPlace, boolean pooled) {
        for (int place = firstPlace; place < firstPlace + BLOCKS; place++) {
            layers.add(new Block("" + place, pooled));
        }
        return firstPlace + BLOCKS;
    }

    private static Operand<TFloat32> limited(BuildContext net, Operand<TFloat32> x) {
        var tf = net.tf();
        return tf.math.mul(tf.math.tanh(tf.math.div(x, tf.constant(LATENT_LIMIT))), tf.constant(LATENT_LIMIT));
    }

    /** A convolution whose border is zero on all four sides, whatever its stride. */
    private record Plain(String name, int side, int inputs, int outputs, int stride, boolean biased) implements Layer {
        @Override
        public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
            var tf = net.tf();
            int border = side / 2;
            var padded = tf.pad(
                    x, tf.constant(new int[][] {{0, 0}, {border, border}, {border, border}, {0, 0}}), tf.constant(0f));
            var kernel = net.weight(name + ".weight", Initial.HE, side, side, inputs, outputs);
            var y = tf.nn.conv2d(padded, kernel, List.of(1L, (long) stride, (long) stride, 1L), "VALID");
            return biased ? tf.nn.biasAdd(y, net.weight(name + ".bias", Initial.ZEROS, outputs)) : y;
        }
    }

    /** Three convolutions beside a shortcut: {@code [1,H,W,64]} → {@code [1,H,W,64]}. */
    private record Block(String name, boolean pooled) implements Layer {
        @Override
        public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> from) {
            var tf = net.tf();
            var x = pooled ? tf.math.add(from, pool(net, from)) : from;
            var y = convolution(0).apply(net, x);
            y = convolution(2).apply(net, tf.nn.relu(y));
            y = convolution(4).apply(net, tf.nn.relu(y));
            return tf.nn.relu(tf.math.add(y, x));
        }

        private Layer convolution(int place) {
            return new Plain(name + ".conv." + place, 3, WIDTH, WIDTH, 1, true);
        }

        private Operand<TFloat32> pool(BuildContext net, Operand<TFloat32> x) {
            var wide = new Plain(name + ".pool.0", 1, WIDTH, POOL_WIDTH, 1, false).apply(net, x); // [1,H,W,256]
            var normed = groupNorm(net, wide);
            return new Plain(name + ".pool.3", 1, POOL_WIDTH, WIDTH, 1, false)
                    .apply(net, net.tf().nn.relu(normed));
        }

        /** Each group of channels gets mean 0 and variance 1 over the picture (Wu and He, ECCV 2018). */
        private Operand<TFloat32> groupNorm(BuildContext net, Operand<TFloat32> x) {
            var tf = net.tf();
            var grouped = tf.reshape(x, tf.constant(new int[] {1, -1, POOL_GROUPS, POOL_WIDTH / POOL_GROUPS}));
            var centred = tf.math.sub(grouped, mean(tf, grouped));
            var variance = mean(tf, tf.math.square(centred));
            var scaled = tf.math.mul(
                    centred, tf.math.rsqrt(tf.math.add(variance, tf.constant(POOL_EPSILON)))); // [1,HW,4,64]
            var normed = tf.reshape(scaled, tf.shape(x));
            var gain = net.weight(name + ".pool.1.weight", Initial.ONES, POOL_WIDTH);
            return tf.math.add(tf.math.mul(normed, gain), net.weight(name + ".pool.1.bias", Initial.ZEROS, POOL_WIDTH));
        }

        private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
            return tf.math.mean(x, tf.constant(new int[] {1, 3}), Mean.keepDims(true));
        }
    }
}
