package io.unmask.model.score;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Map;
import java.util.TreeMap;

/** One function of a SavedModel, by its tensors' names. Not thread-safe. */
final class Signature {
    private final String name;
    private final SymbolBlock block;

    private Signature(String name, SymbolBlock block) {
        this.name = name;
        this.block = block;
    }

    /**
     * @param inputs name to shape, -1 where any length goes
     * @throws ScoringException if the block's are others
     */
    static Signature verified(String name, SymbolBlock block, Map<String, Shape> inputs, Map<String, Shape> outputs) {
        verify(name, inputs, block.describeInput());
        verify(name, outputs, block.describeOutput());
        return new Signature(name, block);
    }

    private static void verify(String name, Map<String, Shape> expected, PairList<String, Shape> actual) {
        if (!new TreeMap<>(expected).equals(new TreeMap<>(actual.toMap()))) {
            throw new ScoringException("SavedModel signature " + name + " has " + new TreeMap<>(actual.toMap())
                    + ", model.json asks for " + new TreeMap<>(expected)
                    + ": the two do not belong together; export the model again");
        }
    }

    /**
     * Runs the function; the outputs belong to {@code manager}, as the inputs do.
     *
     * @throws ScoringException whatever TensorFlow threw: its failures are unchecked, of several kinds
     */
    NDList run(NDManager manager, NDArray... inputs) {
        try {
            return block.forward(new ParameterStore(manager, false), new NDList(inputs), false);
        } catch (RuntimeException e) {
            throw new ScoringException("the model failed in " + name + ": " + Engine.firstLine(e), e);
        }
    }
}
