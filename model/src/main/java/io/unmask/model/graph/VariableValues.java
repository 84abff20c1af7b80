package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/**
 * What a session's variables hold, row-major by their names. Used by the session's thread.
 *
 * @param session the caller's
 */
public record VariableValues(Session session, Variables variables) {

    /** Gives every variable its first value. */
    public void initialise(long seed) {
        assign(variables.initialValues(seed));
    }

    /** Sets the named variables; the others stay. Values must have the variables' shapes. */
    public void assign(Map<String, float[]> values) {
        var runner = session.runner();
        var fed = new ArrayList<TFloat32>();
        try {
            values.forEach((name, value) -> {
                var slot = variables.slot(name);
                var tensor = TFloat32.tensorOf(Shape.of(slot.dimensions()), DataBuffers.of(value, true, false));
                fed.add(tensor);
                runner.feed(slot.feed(), tensor).addTarget(slot.assign());
            });
            runner.run().close();
        } finally {
            fed.forEach(TFloat32::close);
        }
    }

    /** Those of the variables whose names pass. */
    public Map<String, float[]> read(Predicate<String> names) {
        var operands = new LinkedHashMap<String, Operand<TFloat32>>();
        variables.slots().stream()
                .filter(slot -> names.test(slot.name()))
                .forEach(slot -> operands.put(slot.name(), slot.variable()));
        return of(operands);
    }

    /** Those of anything that follows from the variables alone. */
    public Map<String, float[]> of(Map<String, Operand<TFloat32>> operands) {
        var runner = session.runner();
        operands.values().forEach(runner::fetch);
        try (var result = runner.run()) {
            var values = new LinkedHashMap<String, float[]>();
            int i = 0;
            for (String name : operands.keySet()) {
                values.put(name, rowMajor((TFloat32) result.get(i++)));
            }
            return values;
        }
    }

    /** A tensor's values, row-major. */
    public static float[] rowMajor(TFloat32 tensor) {
        var values = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }

    public Map<String, long[]> shapes(Predicate<String> names) {
        var shapes = new LinkedHashMap<String, long[]>();
        variables.slots().stream()
                .filter(slot -> names.test(slot.name()))
                .forEach(slot -> shapes.put(slot.name(), slot.dimensions()));
        return shapes;
    }

    /** The running averages under their weights' names, and statistics. */
    public Map<String, float[]> averaged() {
        var values = read(name -> true);
        var averaged = new LinkedHashMap<String, float[]>();
        values.forEach((name, own) -> {
            if (isOfTheNetwork(name)) {
                averaged.put(name, values.getOrDefault(AdamUpdate.averageOf(name), own));
            }
        });
        return averaged;
    }

    /** Whether a variable of this name is a weight or a statistic, rather than the optimiser's or an anchor. */
    public static boolean isOfTheNetwork(String name) {
        return !AdamUpdate.isMoment(name)
                && !ProximalTerm.isAnchor(name)
                && AdamUpdate.averaged(name).equals(name);
    }

    /** Lets a training begin at what {@link #averaged} gave: averages and anchors are there too, moments are zero. */
    public void begin(Map<String, float[]> averaged) {
        var values = new LinkedHashMap<String, float[]>();
        shapes(name -> true)
                .forEach((name, shape) -> values.put(
                        name,
                        AdamUpdate.isMoment(name)
                                ? new float[Math.toIntExact(LongStream.of(shape).reduce(1, (a, b) -> a * b))]
                                : averaged.get(ProximalTerm.anchored(AdamUpdate.averaged(name)))));
        assign(values);
    }

    /** Sets the anchors, if there are some, to the weights as they are. */
    public void anchor() {
        var anchors = shapes(ProximalTerm::isAnchor).keySet();
        if (!anchors.isEmpty()) {
            var values = new LinkedHashMap<String, float[]>();
            read(name -> anchors.contains(ProximalTerm.anchorOf(name)))
                    .forEach((name, value) -> values.put(ProximalTerm.anchorOf(name), value));
            assign(values);
        }
    }
}
