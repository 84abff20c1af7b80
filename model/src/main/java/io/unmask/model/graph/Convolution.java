package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Convolution, batch norm and activation: {@code [N,H,W,inputs]} → {@code [N,H/stride,W/stride,outputs]}.
 *
 * @param side of the kernel, in pixels
 */
record Convolution(String name, int side, int inputs, int outputs, int stride, Activation activation) implements Layer {

    /** 3×3, without a stride, with ReLU. */
    Convolution(String name, int inputs, int outputs) {
        this(name, 3, inputs, outputs, 1, Activation.RELU);
    }

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
        var tf = net.tf();
        var strides = List.of(1L, (long) stride, (long) stride, 1L);
        return new NormedKernel(
                        name,
                        new long[] {side, side, inputs, outputs},
                        outputs,
                        activation,
                        (picture, kernel) -> tf.nn.conv2d(picture, kernel, strides, "SAME"),
                        (kernel, factor) -> tf.math.mul(kernel, factor))
                .apply(net, x);
    }
}
