package io.unmask.model.generate;

import io.unmask.model.data.SafeTensors;
import io.unmask.model.graph.Initial;
import io.unmask.model.graph.Parameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Weights out of a file, as constants of a graph.
 *
 * @param outputsFirst whether kernels are {@code [outputs,inputs,height,width]}, as PyTorch keeps them, and not {@code
 *     [height,width,inputs,outputs]}
 */
record FileWeights(Ops tf, Path file, SafeTensors tensors, boolean outputsFirst) implements Parameters {

    /** @throws UncheckedIOException naming the file and the weight when the file lacks it or has it in another shape */
    @Override
    public Operand<TFloat32> weight(String name, Initial initial, long... shape) {
        boolean turn = outputsFirst && shape.length == 4;
        long[] wanted = turn ? new long[] {shape[3], shape[2], shape[0], shape[1]} : shape;
        long[] found = tensors.shapes().get(name);
        if (!Arrays.equals(wanted, found)) {
            throw new UncheckedIOException(new IOException(file + ": its weight " + name + " is "
                    + (found == null ? "missing" : "of the shape " + Arrays.toString(found)) + ", wanted is one of "
                    + Arrays.toString(wanted) + "; it belongs to another network, or is damaged: get it again"));
        }
        float[] value = tensors.values().get(name);
        return tf.constant(Shape.of(shape), DataBuffers.of(turn ? outputsLast(value, shape) : value, true, false));
    }

    private static float[] outputsLast(float[] value, long[] shape) {
        int outputs = (int) shape[3];
        int inputs = (int) shape[2];
        int pixels = (int) (shape[0] * shape[1]);
        var turned = new float[value.length];
        for (int output = 0; output < outputs; output++) {
            for (int input = 0; input < inputs; input++) {
                for (int pixel = 0; pixel < pixels; pixel++) {
                    turned[(pixel * inputs + input) * outputs + output] =
                            value[(output * inputs + input) * pixels + pixel];
                }
            }
        }
        return turned;
    }

    @Override
    public Operand<TFloat32> state(String name, Initial initial, long... shape) {
        throw new IllegalStateException("a decoder keeps no state: " + name);
    }
}
