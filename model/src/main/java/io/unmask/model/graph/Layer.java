package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A piece of network. Immutable; applied to as many graphs as wanted. A new layer is a class that implements this. */
public interface Layer {

    /**
     * Adds the layer's operations to the graph.
     *
     * @param x frames {@code [N,H,W,C]} or features {@code [N,D]}, as the layer says
     */
    Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x);
}
