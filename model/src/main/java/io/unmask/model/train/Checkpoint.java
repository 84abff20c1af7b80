package io.unmask.model.train;

import io.unmask.model.data.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * All that a run needs to go on, in one file of {@link SafeTensors}.
 *
 * @param step steps done
 * @param facts what a run must have in common with this one to go on from it, such as the seed and the architecture
 * @param shapes of the variables
 * @param values of the variables, row-major
 */
record Checkpoint(long step, Map<String, String> facts, Map<String, long[]> shapes, Map<String, float[]> values) {
    static final String FILE = "checkpoint.safetensors";
    private static final String STEP = "step";

    /** Writes the file; an older one is replaced only when the new one is whole. */
    void write(Path file) throws IOException {
        var metadata = new LinkedHashMap<>(facts);
        metadata.put(STEP, Long.toString(step));
        new SafeTensors(metadata, shapes, values).write(file);
    }

    /** A line for each fact, among those that the predicate names, in which a run differs from an earlier one. */
    static List<String> differences(Map<String, String> before, Map<String, String> now, Predicate<String> facts) {
        var names = new TreeSet<>(before.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .filter(facts)
                .filter(name -> !Objects.equals(before.get(name), now.get(name)))
                .map(name -> name + " was " + told(before.get(name)) + " and is now " + told(now.get(name)))
                .toList();
    }

    private static String told(String value) {
        return value == null || value.isEmpty() ? "not given" : value;
    }

    /** @throws IOException naming the file when it is not a whole checkpoint */
    static Checkpoint read(Path file) throws IOException {
        var tensors = SafeTensors.read(file);
        var facts = new LinkedHashMap<>(tensors.metadata());
        String step = facts.remove(STEP);
        if (step == null) {
            throw new IOException(file + ": not a checkpoint of a training");
        }
        return new Checkpoint(Long.parseLong(step), facts, tensors.shapes(), tensors.values());
    }
}
