package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.graph.VariableValues;
import io.unmask.model.runtime.TensorFlowRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The model that a federation trains, as tensors: what all sites start from and what they exchange.
 *
 * @param whole every tensor of the network
 * @param shared those that learn, and so are exchanged
 * @param facts of the network, as a checkpoint has them
 * @param labels K class names
 * @param values of {@code whole}, by name
 */
public record FederatedModel(
        TensorLayout whole,
        TensorLayout shared,
        Map<String, String> facts,
        List<String> labels,
        Map<String, float[]> values) {

    /**
     * The first model of a federation.
     *
     * @param from model directories, the mean of whose weights is the first one; without any, random weights
     */
    public static FederatedModel first(TrainSettings settings, List<Path> from) throws IOException {
        TensorFlowRuntime.ensureLoaded();
        var plan = new NetworkPlan(settings);
        try (var step = new TrainStep(plan.architecture(), plan.stepSettings())) {
            step.initialise(settings.seed());
            if (!from.isEmpty()) {
                step.assign(WarmStart.of(from, step.shapes(), settings.frames()));
            }
            return of(plan, step);
        }
    }

    /** Writes the tensors where {@code train --from} and {@code federate --from} find them. */
    public static void write(FederatedModel model, Map<String, float[]> values, Path file) throws IOException {
        var shapes = new LinkedHashMap<String, long[]>();
        model.whole()
                .tensors()
                .forEach(tensor -> shapes.put(
                        tensor.name(),
                        tensor.shape().stream().mapToLong(Long::longValue).toArray()));
        new Checkpoint(0, model.facts(), shapes, values).write(file);
    }

    static FederatedModel of(NetworkPlan plan, TrainStep step) {
        var whole = layout(step);
        return new FederatedModel(
                whole,
                shared(whole, plan.frozen()),
                plan.facts(),
                plan.settings().labels(),
                step.averagedWeights());
    }

    private static TensorLayout layout(TrainStep step) {
        var weights = Set.copyOf(step.variables().variables().weights());
        var tensors = new ArrayList<TensorLayout.Tensor>();
        step.variables()
                .shapes(VariableValues::isOfTheNetwork)
                .forEach((name, shape) -> tensors.add(new TensorLayout.Tensor(
                        name, LongStream.of(shape).boxed().toList(), !weights.contains(name))));
        return new TensorLayout(tensors);
    }

    /** The network in words: equal where weights fit. */
    public String sizes() {
        return new TreeMap<>(facts)
                .entrySet().stream()
                        .filter(fact -> !fact.getKey().equals("seed"))
                        .map(fact -> fact.getKey() + " " + fact.getValue())
                        .collect(Collectors.joining(", "));
    }

    /** A frozen layer changes nowhere, its statistics neither. */
    private static TensorLayout shared(TensorLayout whole, Predicate<String> frozen) {
        return new TensorLayout(whole.tensors().stream()
                .filter(tensor -> !frozen.test(tensor.statistic() ? layer(tensor.name()) : tensor.name()))
                .toList());
    }

    /**
     * What is exchanged when each site keeps its batch normalisation to itself: neither the statistics nor the gains and
     * offsets that go with them (FedBN, Li et al., ICLR 2021).
     */
    public TensorLayout sharedWithoutNormalisation() {
        Set<String> normed = whole.tensors().stream()
                .filter(TensorLayout.Tensor::statistic)
                .map(tensor -> layer(tensor.name()))
                .collect(Collectors.toSet());
        return new TensorLayout(shared.tensors().stream()
                .filter(tensor ->
                        !normed.contains(layer(tensor.name())) || tensor.name().endsWith(".kernel"))
                .toList());
    }

    private static String layer(String tensor) {
        return tensor.substring(0, tensor.lastIndexOf('.'));
    }
}
