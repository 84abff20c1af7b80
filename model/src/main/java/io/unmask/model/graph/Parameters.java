package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Where layers get their weights from: variables while training, their averages for evaluation, constants to serve. */
public interface Parameters {

    /** A weight that gradients move. The same name gives the same weight. */
    Operand<TFloat32> weight(String name, Initial initial, long... shape);

    /** A value that its layer moves by itself, as batch norm does its statistics. */
    Operand<TFloat32> state(String name, Initial initial, long... shape);
}
