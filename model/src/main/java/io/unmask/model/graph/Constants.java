package io.unmask.model.graph;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Weights that are part of the graph, for a model that only serves. Built by one thread. */
public final class Constants implements Parameters {
    private final Ops tf;
    private final Map<String, float[]> values;
    private final Map<String, Operand<TFloat32>> constants = new HashMap<>();

    /**
     * @param values by name, row-major
     */
    public Constants(Ops tf, Map<String, float[]> values) {
        this.tf = tf;
        this.values = values;
    }

    @Override
    public Operand<TFloat32> weight(String name, Initial initial, long... shape) {
        var value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no value for weight " + name);
        }
        return constants.computeIfAbsent(
                name, key -> tf.withName(key).constant(Shape.of(shape), DataBuffers.of(value, true, false)));
    }

    @Override
    public Operand<TFloat32> state(String name, Initial initial, long... shape) {
        throw new IllegalStateException("a serving network keeps no state: " + name);
    }
}
