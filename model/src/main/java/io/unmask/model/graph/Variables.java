package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * The graph's variables by name: weights, statistics and whatever an optimiser keeps. Each can be set from outside, so
 * that a checkpoint is nothing but a map of names to arrays. Built by one thread.
 */
public final class Variables implements Parameters {
    private final Ops tf;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final List<String> weights = new ArrayList<>();

    public Variables(Ops tf) {
        this.tf = tf;
    }

    /**
     * A variable and the way to set it.
     *
     * @param feed takes the value for {@code assign}
     */
    public record Slot(
            String name,
            Variable<TFloat32> variable,
            Initial initial,
            List<Long> shape,
            Placeholder<TFloat32> feed,
            Op assign) {
        public long[] dimensions() {
            return shape.stream().mapToLong(Long::longValue).toArray();
        }
    }

    @Override
    public Operand<TFloat32> weight(String name, Initial initial, long... shape) {
        if (!slots.containsKey(name)) {
            weights.add(name);
        }
        return slot(name, initial, shape).variable();
    }

    @Override
    public Operand<TFloat32> state(String name, Initial initial, long... shape) {
        return slot(name, initial, shape).variable();
    }

    /** Names of the weights, in the order in which the layers asked for them. */
    public List<String> weights() {
        return List.copyOf(weights);
    }

    public Slot slot(String name) {
        var slot = slots.get(name);
        if (slot == null) {
            throw new IllegalArgumentException("no variable " + name + "; there are " + slots.keySet());
        }
        return slot;
    }

    /** Every variable, in the order of creation. */
    public List<Slot> slots() {
        return List.copyOf(slots.values());
    }

    /** A variable of the same shape as another, for an optimiser or an average. */
    Variable<TFloat32> beside(String name, String suffix, Initial initial) {
        return slot(name + suffix, initial, slot(name).dimensions()).variable();
    }

    private Slot slot(String name, Initial initial, long... shape) {
        return slots.computeIfAbsent(name, key -> {
            var dimensions = Shape.of(shape);
            var variable = tf.withName(key).variable(dimensions, TFloat32.class);
            var feed = tf.withName(key + ".feed").placeholder(TFloat32.class, Placeholder.shape(dimensions));
            return new Slot(
                    key, variable, initial, Arrays.stream(shape).boxed().toList(), feed, tf.assign(variable, feed));
        });
    }

    /** What every variable starts with: a pure function of its name, its shape and the seed. */
    public Map<String, float[]> initialValues(long seed) {
        var values = new LinkedHashMap<String, float[]>();
        for (var slot : slots.values()) {
            // An average starts where its weight does.
            String name = slot.name().replace(AdamUpdate.AVERAGE, "");
            values.put(slot.name(), slot.initial().values(name, seed, slot.dimensions()));
        }
        return values;
    }

    /** The same network over the running averages of its weights. */
    public Parameters averages() {
        return new Parameters() {
            @Override
            public Operand<TFloat32> weight(String name, Initial initial, long... shape) {
                // A frozen weight has no average: it is its own.
                return slots.getOrDefault(name + AdamUpdate.AVERAGE, slots.get(name))
                        .variable();
            }

            @Override
            public Operand<TFloat32> state(String name, Initial initial, long... shape) {
                return slot(name).variable();
            }
        };
    }
}
