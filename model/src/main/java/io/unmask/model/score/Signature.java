package io.unmask.model.score;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.ParameterStore;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** One function of a SavedModel, by its tensors' names. Not thread-safe. */
final class Signature {
    private final String name;
    private final SymbolBlock block;
    private final Map<String, Shape> outputs;

    private Signature(String name, SymbolBlock block, Map<String, Shape> outputs) {
        this.name = name;
        this.block = block;
        this.outputs = outputs;
    }

    /**
     * @param inputs name to shape, -1 where any length goes
     * @throws ScoringException if the block's are others
     */
    static Signature verified(String name, SymbolBlock block, Map<String, Shape> inputs, Map<String, Shape> outputs) {
        verify(name, inputs, block.describeInput().toMap());
        verify(name, outputs, block.describeOutput().toMap());
        return new Signature(name, block, outputs);
    }

    private static void verify(String name, Map<String, Shape> expected, Map<String, Shape> actual) {
        boolean fits = expected.keySet().equals(actual.keySet())
                && expected.entrySet().stream().allMatch(e -> fits(e.getValue(), actual.get(e.getKey())));
        if (!fits) {
            throw new ScoringException("SavedModel signature " + name + " has " + new TreeMap<>(actual)
                    + ", model.json asks for " + new TreeMap<>(expected)
                    + ": the two do not belong together; export the model again");
        }
    }

    /** A length that TensorFlow knows at run time only is -1 in {@code actual}. */
    private static boolean fits(Shape expected, Shape actual) {
        return expected.dimension() == actual.dimension()
                && IntStream.range(0, expected.dimension())
                        .allMatch(i -> actual.get(i) == -1 || actual.get(i) == expected.get(i));
    }

    /**
     * Runs the function; the outputs belong to {@code manager}, as the inputs do.
     *
     * @throws ScoringException whatever TensorFlow threw: its failures are unchecked, of several kinds
     */
    NDList run(NDManager manager, NDArray... inputs) {
        NDList results;
        try {
            results = block.forward(new ParameterStore(manager, false), new NDList(inputs), false);
        } catch (RuntimeException e) {
            throw new ScoringException("the model failed in " + name + ": " + Engine.firstLine(e), e);
        }
        long rows = inputs[0].getShape().get(0);
        outputs.forEach((output, shape) -> {
            Shape actual = results.get(output).getShape();
            if (actual.get(0) != rows || !actual.slice(1).equals(shape.slice(1))) {
                throw new ScoringException("the model gave " + output + " of shape " + actual + " for " + rows
                        + " rows in " + name + ", expected " + shape);
            }
        });
        return results;
    }
}
