package io.unmask.model.train;

import io.unmask.model.data.PublishedWeights;
import io.unmask.model.data.SafeTensors;
import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.TemporalHead;
import io.unmask.model.graph.VariableValues;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * First weights of a training, taken from other models: their averaged weights and statistics, without their optimiser's
 * memory. The mean of several models, one of which was trained on from another, is often better on unfamiliar data than any
 * of them (Wortsman et al., CVPR 2022).
 */
final class WarmStart {
    /** The fact of a checkpoint that says how many frames its clips have. */
    static final String FRAMES = "frames";

    static final String SEED = "seed";

    private WarmStart() {}

    /**
     * @param folders one or more model directories, those of unfinished trainings, or of {@link PublishedWeights}
     * @param shapes of the variables of the network that starts
     * @param frames T of that network; a recurrence that has seen nothing but single frames begins anew where there are
     *     more
     * @return the values of the variables that the models have; the others begin anew
     */
    static Map<String, float[]> of(List<Path> folders, Map<String, long[]> shapes, int frames) throws IOException {
        var mean = one(folders.get(0), shapes, frames);
        for (Path folder : folders.subList(1, folders.size())) {
            var next = one(folder, shapes, frames);
            mean.keySet().retainAll(next.keySet());
            mean.forEach((name, sum) -> add(next.get(name), sum));
        }
        for (float[] sum : mean.values()) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] /= folders.size();
            }
        }
        return mean;
    }

    /**
     * As {@link #of}, for a model that is made of the weights without training: nothing may be missing, or be of another
     * network.
     *
     * @param facts of the network, as {@link Setup#facts} stores them with its weights
     * @throws TrainingException naming what differs or is missing
     */
    static Map<String, float[]> whole(List<Path> folders, Map<String, long[]> shapes, Map<String, String> facts)
            throws IOException {
        var values = of(folders, shapes, 1);
        for (Path folder : folders) {
            var its = read(folder).facts();
            var differences = Checkpoint.differences(
                    its, facts, fact -> !fact.equals(SEED) && its.containsKey(fact) && facts.containsKey(fact));
            if (!differences.isEmpty()) {
                throw new TrainingException(folder + " is another network: " + String.join("; ", differences)
                        + ". Give the settings of its training");
            }
        }
        var missing = shapes.keySet().stream()
                .filter(name -> VariableValues.isOfTheNetwork(name) && !values.containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new TrainingException(folders + " have no values of " + missing.size() + " variables, as of "
                    + missing.get(0) + ". Give the settings of the training, as -D mask-loss-share=0 where it was 0, or"
                    + " train first");
        }
        return values;
    }

    /** Steps of the one that was trained longest. */
    static long steps(List<Path> folders) throws IOException {
        long most = 0;
        for (Path folder : folders) {
            most = Math.max(most, read(folder).step());
        }
        return most;
    }

    private static void add(float[] values, float[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += values[i];
        }
    }

    private static Checkpoint read(Path folder) throws IOException {
        Path weights = folder.resolve(ModelDigest.WEIGHTS);
        Path unfinished = folder.resolve(Checkpoint.FILE);
        if (Files.exists(weights)) {
            var finished = Checkpoint.read(weights);
            if (!Files.exists(unfinished)) {
                return finished;
            }
            // When a training goes on after its end, only the checkpoint has its newer weights. In a federation, the
            // checkpoint has the site's own weights, which are not those of the model.
            var checkpoint = Checkpoint.read(unfinished);
            boolean isRound = checkpoint.facts().containsKey(LocalTraining.ROUND);
            return checkpoint.step() > finished.step() && !isRound ? checkpoint : finished;
        }
        if (PublishedWeights.areIn(folder)) {
            SafeTensors published = PublishedWeights.read(folder);
            return new Checkpoint(0, Map.of(), published.shapes(), published.values());
        }
        return Checkpoint.read(unfinished);
    }

    private static Map<String, float[]> one(Path folder, Map<String, long[]> shapes, int frames) throws IOException {
        var other = read(folder);
        boolean beginRecurrence = frames > 1 && "1".equals(other.facts().get(FRAMES));
        var values = new LinkedHashMap<String, float[]>();
        shapes.forEach((name, shape) -> {
            String weight = AdamUpdate.averaged(name);
            float[] value = other.values()
                    .getOrDefault(AdamUpdate.averageOf(weight), other.values().get(weight));
            boolean begins = beginRecurrence && TemporalHead.isRecurrent(name);
            if (value == null || AdamUpdate.isMoment(name) || begins) {
                return;
            }
            long size = LongStream.of(shape).reduce(1, (a, b) -> a * b);
            if (size != value.length) {
                throw new TrainingException(folder + ": its " + weight + " has " + value.length
                        + " values, this network wants " + size + "; train a network of its sizes: "
                        + other.facts());
            }
            values.put(name, value.clone());
        });
        if (values.isEmpty()) {
            throw new TrainingException(folder + ": none of its weights are of this network");
        }
        return values;
    }
}
