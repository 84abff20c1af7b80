package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * 3×3 convolution, batch norm and ReLU: {@code [N,H,W,inputs]} → {@code [N,H,W,outputs]}.
 *
 * <p>Batch norm follows Ioffe and Szegedy (ICML 2015). Outside training it is folded into kernel and bias.
 */
public record Convolution(String name, int inputs, int outputs) implements Layer {
    static final float EPSILON = 1e-3f;
    static final float MOMENTUM = 0.99f;
    private static final List<Long> STRIDES = List.of(1L, 1L, 1L, 1L);

    @Override
    public Operand<TFloat32> apply(Net net, Operand<TFloat32> x) {
        var tf = net.tf();
        var weights = net.parameters();
        var kernel = weights.weight(name + ".kernel", Initial.HE, 3, 3, inputs, outputs);
        if (net.mode(name) == Mode.SERVING) {
            return tf.nn.relu(
                    tf.nn.biasAdd(convolve(net, x, kernel), weights.weight(name + ".bias", Initial.ZEROS, outputs)));
        }
        var gamma = weights.weight(name + ".gamma", Initial.ONES, outputs);
        var beta = weights.weight(name + ".beta", Initial.ZEROS, outputs);
        var mean = weights.state(name + ".mean", Initial.ZEROS, outputs);
        var variance = weights.state(name + ".variance", Initial.ONES, outputs);
        if (net.mode(name) == Mode.TRAINING) {
            var normed = tf.nn.fusedBatchNorm(
                    convolve(net, x, kernel),
                    gamma,
                    beta,
                    empty(net),
                    empty(net),
                    FusedBatchNorm.epsilon(EPSILON),
                    FusedBatchNorm.isTraining(true));
            move(net, mean, normed.batchMean());
            move(net, variance, normed.batchVariance());
            return tf.nn.relu(normed.y());
        }
        var scale = tf.math.mul(gamma, tf.math.rsqrt(tf.math.add(variance, tf.constant(EPSILON))));
        var foldedKernel = tf.math.mul(kernel, scale);
        var foldedBias = tf.math.sub(beta, tf.math.mul(mean, scale));
        net.fold(name + ".kernel", foldedKernel);
        net.fold(name + ".bias", foldedBias);
        return tf.nn.relu(tf.nn.biasAdd(convolve(net, x, foldedKernel), foldedBias));
    }

    static Operand<TFloat32> convolve(Net net, Operand<TFloat32> x, Operand<TFloat32> kernel) {
        return net.tf().nn.conv2d(x, kernel, STRIDES, "SAME");
    }

    private static Operand<TFloat32> empty(Net net) {
        return net.tf().constant(new float[0]);
    }

    private static void move(Net net, Operand<TFloat32> moving, Operand<TFloat32> batch) {
        var tf = net.tf();
        var difference = tf.math.mul(tf.math.sub(moving, batch), tf.constant(1 - MOMENTUM));
        net.update(tf.assignSub(moving, difference));
    }
}
