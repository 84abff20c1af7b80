package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * 3×3 convolution of each channel by itself, batch norm and ReLU6: {@code [N,H,W,channels]} →
 * {@code [N,H/stride,W/stride,channels]}.
 */
record DepthwiseConvolution(String name, int channels, int stride) implements Layer {

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
        var tf = net.tf();
        var strides = List.of(1L, (long) stride, (long) stride, 1L);
        return new NormedKernel(
                        name,
                        new long[] {3, 3, channels, 1},
                        channels,
                        Activation.RELU6,
                        (picture, kernel) -> tf.nn.depthwiseConv2dNative(picture, kernel, strides, "SAME"),
                        (kernel, factor) ->
                                tf.math.mul(kernel, tf.reshape(factor, tf.constant(new int[] {1, 1, channels, 1}))))
                .apply(net, x);
    }
}
