package io.unmask.model.graph;

import java.util.function.BinaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;

/**
 * A kernel whose output is normalised over the batch (Ioffe and Szegedy, ICML 2015) and activated: what all convolutions
 * of an encoder share. Outside training the normalisation is folded into kernel and bias.
 *
 * @param shape of the kernel
 * @param outputs channels of what comes out
 * @param convolve applies a kernel, the second argument, to the first
 * @param scale multiplies a kernel, the first argument, by a factor for each output channel
 */
record NormedKernel(
        String name,
        long[] shape,
        int outputs,
        Activation activation,
        BinaryOperator<Operand<TFloat32>> convolve,
        BinaryOperator<Operand<TFloat32>> scale) {
    static final float EPSILON = 1e-3f;
    static final float MOMENTUM = 0.99f;

    Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
        return activation.apply(
                net.tf(),
                switch (net.mode(name)) {
                    case TRAINING -> train(net, x);
                    case EVALUATION -> evaluate(net, x);
                    case SERVING -> serve(net, x);
                });
    }

    private Operand<TFloat32> kernel(BuildContext net) {
        return net.parameters().weight(name + ".kernel", Initial.HE, shape);
    }

    private Operand<TFloat32> gamma(BuildContext net) {
        return net.parameters().weight(name + ".gamma", Initial.ONES, outputs);
    }

    private Operand<TFloat32> beta(BuildContext net) {
        return net.parameters().weight(name + ".beta", Initial.ZEROS, outputs);
    }

    private Operand<TFloat32> mean(BuildContext net) {
        return net.parameters().state(name + ".mean", Initial.ZEROS, outputs);
    }

    private Operand<TFloat32> variance(BuildContext net) {
        return net.parameters().state(name + ".variance", Initial.ONES, outputs);
    }

    private Operand<TFloat32> train(BuildContext net, Operand<TFloat32> x) {
        var empty = net.tf().constant(new float[0]);
        var normed = net.tf()
                .nn
                .fusedBatchNorm(
                        convolve.apply(x, kernel(net)),
                        gamma(net),
                        beta(net),
                        empty,
                        empty,
                        FusedBatchNorm.epsilon(EPSILON),
                        FusedBatchNorm.isTraining(true));
        move(net, mean(net), normed.batchMean());
        move(net, variance(net), normed.batchVariance());
        return normed.y();
    }

    private static void move(BuildContext net, Operand<TFloat32> moving, Operand<TFloat32> batch) {
        var tf = net.tf();
        var difference = tf.math.mul(tf.math.sub(moving, batch), tf.constant(1 - MOMENTUM));
        net.update(tf.assignSub(moving, difference));
    }

    private Operand<TFloat32> evaluate(BuildContext net, Operand<TFloat32> x) {
        var tf = net.tf();
        var factor = tf.math.mul(gamma(net), tf.math.rsqrt(tf.math.add(variance(net), tf.constant(EPSILON))));
        var foldedKernel = scale.apply(kernel(net), factor);
        var foldedBias = tf.math.sub(beta(net), tf.math.mul(mean(net), factor));
        net.fold(name + ".kernel", foldedKernel);
        net.fold(name + ".bias", foldedBias);
        return tf.nn.biasAdd(convolve.apply(x, foldedKernel), foldedBias);
    }

    private Operand<TFloat32> serve(BuildContext net, Operand<TFloat32> x) {
        var bias = net.parameters().weight(name + ".bias", Initial.ZEROS, outputs);
        return net.tf().nn.biasAdd(convolve.apply(x, kernel(net)), bias);
    }
}
