package io.unmask.model.train;

import io.unmask.model.data.Manifest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The recipe of a run: the settings, options and data that decide which weights come out. A checkpoint holds it as facts, by
 * the names that the user knows.
 */
final class RunRecipe {
    private static final String DATA = "data";

    /** Settings that may differ when a run goes on: its length, and those that change no weights. */
    private static final Set<String> FREE = Set.of(
            "steps",
            "evaluate-steps",
            "patience",
            "checkpoint-steps",
            "loader-threads",
            "threads",
            "false-alarm-rate",
            "distribution-frames",
            "out-of-distribution-rate");

    private RunRecipe() {}

    /** The recipe without the data, which are read later. */
    static Map<String, String> of(Setup setup) {
        var request = setup.request();
        var facts = new LinkedHashMap<>(setup.settings().byKey());
        facts.put("--from", names(request.from()));
        facts.put("--leave-out", String.join(",", new TreeSet<>(request.leftOut())));
        facts.put("--calibrate-by", names(request.calibrateBy()));
        facts.putAll(setup.facts());
        return facts;
    }

    /** The recipe with its data added. */
    static Map<String, String> on(String dataDigest, Map<String, String> recipe) {
        var facts = new LinkedHashMap<>(recipe);
        facts.put(DATA, dataDigest);
        return facts;
    }

    /**
     * Refuses to go on with another recipe.
     *
     * @return a line for each setting that may differ and does
     * @throws TrainingException naming what differs
     */
    static List<String> requireSame(Path file, Map<String, String> began, Map<String, String> recipe) {
        if (!began.containsKey(DATA)) {
            throw new TrainingException(
                    file + " is not of a training by this version of unmask; start anew in another --out");
        }
        var before = new LinkedHashMap<>(began);
        if (!recipe.containsKey(DATA)) {
            before.remove(DATA);
        }
        var refused = Checkpoint.differences(before, recipe, key -> !FREE.contains(key));
        if (!refused.isEmpty()) {
            throw new TrainingException(file + " is of another run: " + String.join("; ", refused)
                    + ". Give what it had, or start anew in another --out");
        }
        return Checkpoint.differences(before, recipe, FREE::contains);
    }

    private static String names(List<Path> folders) {
        return String.join(", ", folders.stream().map(Manifest::nameOf).toList());
    }
}
