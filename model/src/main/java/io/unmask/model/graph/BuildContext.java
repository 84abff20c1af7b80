package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What a layer needs to add itself to a graph, and what it leaves there for others. Used by one thread. */
public final class BuildContext {
    private final Ops tf;
    private final Parameters parameters;
    private final Mode mode;
    private final Predicate<String> frozen;
    private final List<Op> updates = new ArrayList<>();
    private final Map<String, Operand<TFloat32>> folded = new LinkedHashMap<>();

    /** A network of which no layer is frozen. */
    public BuildContext(Ops tf, Parameters parameters, Mode mode) {
        this(tf, parameters, mode, name -> false);
    }

    /**
     * @param frozen says of a layer's name whether it stays as it is: such a layer evaluates even while others train
     */
    public BuildContext(Ops tf, Parameters parameters, Mode mode, Predicate<String> frozen) {
        this.tf = tf;
        this.parameters = parameters;
        this.mode = mode;
        this.frozen = frozen;
    }

    public Ops tf() {
        return tf;
    }

    public Parameters parameters() {
        return parameters;
    }

    /** A weight that serves as it is trained. */
    Operand<TFloat32> weight(String name, Initial initial, long... shape) {
        var weight = parameters.weight(name, initial, shape);
        fold(name, weight);
        return weight;
    }

    /** How the layer of this name behaves. */
    public Mode mode(String layer) {
        return mode == Mode.TRAINING && frozen.test(layer) ? Mode.EVALUATION : mode;
    }

    /** Leaves an operation that each training step must run besides the gradients. */
    void update(Op op) {
        updates.add(op);
    }

    /** Leaves a weight as {@link Mode#SERVING} wants it. */
    void fold(String name, Operand<TFloat32> value) {
        folded.put(name, value);
    }

    public List<Op> updates() {
        return List.copyOf(updates);
    }

    /** Weights for {@link Mode#SERVING} by name, of a network built for {@link Mode#EVALUATION}. */
    public Map<String, Operand<TFloat32>> folded() {
        return folded;
    }
}
