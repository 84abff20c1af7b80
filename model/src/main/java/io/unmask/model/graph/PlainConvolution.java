package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.nn.LeakyRelu;
import org.tensorflow.types.TFloat32;

/**
 * 3×3 convolution with bias and no batch norm, which would take absolute colours from a network that draws:
 * {@code [N,H,W,inputs]} → {@code [N,H,W,outputs]}.
 *
 * @param rectified whether a leaky ReLU follows (Maas et al., ICML 2013): without batch norm a plain one dies
 */
public record PlainConvolution(String name, int inputs, int outputs, boolean rectified) implements Layer {
    static final float LEAK = 0.1f;
    private static final List<Long> STRIDES = List.of(1L, 1L, 1L, 1L);

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
        var tf = net.tf();
        var initial = rectified ? Initial.HE : Initial.LECUN;
        var kernel = net.weight(name + ".kernel", initial, 3, 3, inputs, outputs);
        var bias = net.weight(name + ".bias", Initial.ZEROS, outputs);
        var sum = tf.nn.biasAdd(tf.nn.conv2d(x, kernel, STRIDES, "SAME"), bias);
        return rectified ? tf.nn.leakyRelu(sum, LeakyRelu.alpha(LEAK)) : sum;
    }
}
