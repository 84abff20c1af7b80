package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What follows a convolution and its batch norm. */
enum Activation {
    NONE {
        @Override
        Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
            return x;
        }
    },
    RELU {
        @Override
        Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
            return tf.nn.relu(x);
        }
    },
    /** ReLU that ends at 6, as MobileNets have it. */
    RELU6 {
        @Override
        Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
            return tf.nn.relu6(x);
        }
    };

    abstract Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x);
}
