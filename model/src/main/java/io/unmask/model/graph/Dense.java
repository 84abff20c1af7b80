package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Linear map with bias: {@code [N,inputs]} → {@code [N,outputs]}. */
public record Dense(String name, int inputs, int outputs, Initial initial) implements Layer {

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
        var tf = net.tf();
        var kernel = net.weight(name + ".kernel", initial, inputs, outputs);
        var bias = net.weight(name + ".bias", Initial.ZEROS, outputs);
        return tf.math.add(tf.linalg.matMul(x, kernel), bias);
    }
}
