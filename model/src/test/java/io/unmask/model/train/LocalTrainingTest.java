package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.config.TrainSettings;
import io.unmask.model.federate.FederatedAverage;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.spec.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A federation of two sites in one process. Each site's fakes are plain, its authentic faces striped. */
class LocalTrainingTest {
    private static final long ROUNDS = 3;

    @TempDir
    Path folder;

    private final ExecutorService loaders = Executors.newSingleThreadExecutor();

    @AfterEach
    void stopLoaders() {
        loaders.shutdownNow();
    }

    @Test
    void shouldTeachEachSiteByFederatedAveraging() throws Exception {
        try (var one = site("one", 0, Map.of());
                var other = site("other", 100, Map.of())) {
            var model = one.model();
            assertThat(other.model().shared().digest()).isEqualTo(model.shared().digest());
            var weights = federate(List.of(one, other), model.shared(), model.values());

            assertThat(one.judge(weights).orElseThrow().auc()).isGreaterThan(0.9);
            assertThat(other.judge(weights).orElseThrow().auc()).isGreaterThan(0.9);
            ModelCard card = one.write(weights, Map.of("Federation", "test"));
            assertThat(card.facts()).containsEntry("Federation", "test");
            assertThat(folder.resolve("one/out/MODEL_CARD.md")).content().contains("**Federation.** test");
        }
    }

    @Test
    void shouldGoOnInMidRoundAsIfNothingHadHappened() throws Exception {
        var round = new LocalTraining.Round(2, ROUNDS, 4, 100, "start");
        var always = Map.of("threads", "1", "checkpoint-steps", "2");
        Map<String, float[]> start;
        Map<String, float[]> whole;
        try (var site = site("whole", 0, always)) {
            start = site.model().values();
            whole = site.train(round, start).orElseThrow();
        }
        var asked = new AtomicInteger();
        try (var site = site("cut", 0, always, () -> asked.incrementAndGet() > 5)) {
            assertThat(site.train(round, start)).as("stopped").isEmpty();
        }
        try (var site = site("cut", 0, always)) {
            assertThat(site.train(round, start).orElseThrow())
                    .usingRecursiveComparison()
                    .isEqualTo(whole);
            var other = new LocalTraining.Round(2, ROUNDS, 4, 100, "another start");
            assertThat(site.train(other, start).orElseThrow())
                    .as("a round of another start begins anew, and is the same since its start has the same values")
                    .usingRecursiveComparison()
                    .isEqualTo(whole);
        }
    }

    @Test
    void shouldStayNearerToItsStartByFedProx() throws Exception {
        double free = distanceOfOneRound("free", "0");
        double pulled = distanceOfOneRound("pulled", "1");
        double held = distanceOfOneRound("held", "100");
        assertThat(pulled).isLessThan(free * 0.95);
        assertThat(held).isLessThan(pulled * 0.9);
    }

    private double distanceOfOneRound(String name, String proximalWeight) throws Exception {
        try (var site = site(name, 0, Map.of("proximal-weight", proximalWeight, "weight-decay", "0"))) {
            var model = site.model();
            var weights = new TensorLayout(model.shared().tensors().stream()
                    .filter(tensor -> !tensor.statistic())
                    .toList());
            var after = site.train(new LocalTraining.Round(1, 1, 10, 30, "s"), model.values())
                    .orElseThrow();
            float[] update = FederatedAverage.difference(weights.flatten(model.values()), weights.flatten(after));
            double squares = 0;
            for (float value : update) {
                squares += value * value;
            }
            return Math.sqrt(squares);
        }
    }

    @Test
    void shouldExchangeNeitherWhatIsFrozenNorOwnNormalisation() throws Exception {
        var model = FederatedModel.first(settings(Map.of("freeze", "^encoder.stage0")), List.of());

        assertThat(names(model.whole())).contains("encoder.stage0.a.kernel", "encoder.stage0.a.mean");
        assertThat(names(model.shared()))
                .noneMatch(name -> name.startsWith("encoder.stage0"))
                .contains("encoder.stage1.a.kernel", "encoder.stage1.a.gamma", "encoder.stage1.a.variance");
        assertThat(names(model.sharedWithoutNormalisation()))
                .contains("encoder.stage1.a.kernel", "head.frame.kernel", "head.frame.bias")
                .noneMatch(name -> name.matches("encoder.*(gamma|beta|mean|variance)"));
        assertThat(model.whole().tensors()).allSatisfy(tensor -> assertThat(tensor.statistic())
                .isEqualTo(tensor.name().matches(".*\\.(mean|variance)")));
    }

    @Test
    void shouldStartAFederationFromAModel() throws Exception {
        var first = FederatedModel.first(settings(Map.of()), List.of());
        var values = new LinkedHashMap<>(first.values());
        values.put("head.frame.bias", new float[] {0.25f, -0.25f});
        Files.createDirectories(folder.resolve("base"));
        FederatedModel.write(first, values, folder.resolve("base/weights.safetensors"));

        var next = FederatedModel.first(settings(Map.of("seed", "99")), List.of(folder.resolve("base")));

        assertThat(next.values().get("head.frame.bias")).containsExactly(new float[] {0.25f, -0.25f}, within(0f));
        assertThat(next.values().get("encoder.stage0.a.kernel"))
                .isEqualTo(first.values().get("encoder.stage0.a.kernel"));
    }

    @Test
    void shouldRefuseASiteWithFakesAlone() throws Exception {
        write("fakes", 0, false, true);
        assertThatThrownBy(() -> open("fakes", settings(Map.of()), () -> false))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("no authentic face");
    }

    private static List<String> names(TensorLayout layout) {
        return layout.tensors().stream().map(TensorLayout.Tensor::name).toList();
    }

    private static Map<String, float[]> federate(
            List<LocalTraining> sites, TensorLayout shared, Map<String, float[]> first) throws Exception {
        var values = new LinkedHashMap<>(first);
        for (long round = 1; round <= ROUNDS; round++) {
            float[] start = shared.flatten(values);
            var updates = new ArrayList<float[]>();
            double weights = 0;
            for (var site : sites) {
                var after = site.train(new LocalTraining.Round(round, ROUNDS, 5, 30, "r" + round), values)
                        .orElseThrow();
                double weight = FederatedAverage.weight(site.examples(), 1000);
                updates.add(
                        FederatedAverage.weighted(FederatedAverage.difference(start, shared.flatten(after)), weight));
                weights += weight;
            }
            float[] mean = FederatedAverage.mean(FederatedAverage.sum(updates), weights);
            values.putAll(shared.unflatten(FederatedAverage.apply(start, mean)));
        }
        return values;
    }

    private LocalTraining site(String name, int seed, Map<String, String> changes) throws Exception {
        return site(name, seed, changes, () -> false);
    }

    private LocalTraining site(String name, int seed, Map<String, String> changes, BooleanSupplier stopped)
            throws Exception {
        write(name, seed, true, true);
        return open(name, settings(changes), stopped);
    }

    private void write(String name, int seed, boolean real, boolean fake) throws IOException {
        for (int i = 0; i < 24; i++) {
            if (real) {
                StripedFaces.write(folder.resolve(name + "/faces/real/" + i + ".png"), seed + i, true);
            }
            if (fake) {
                StripedFaces.write(folder.resolve(name + "/faces/fake/" + i + ".png"), seed + i, false);
            }
        }
    }

    private LocalTraining open(String name, TrainSettings settings, BooleanSupplier stopped) throws Exception {
        var home = Map.of("user.home", folder.toString());
        var service = SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), home, Map.of()))
                .settings();
        return LocalTraining.open(
                new Training.Request(
                        List.of(),
                        List.of(folder.resolve(name + "/faces")),
                        folder.resolve(name + "/out"),
                        List.of(),
                        Set.of(),
                        List.of(),
                        false,
                        new Training.ModelName("federated", "1")),
                settings,
                new Training.Context(
                        service, folder.resolve("cache"), loaders, Clock.systemUTC(), new Silence(), stopped));
    }

    private TrainSettings settings(Map<String, String> changes) {
        var values = new HashMap<>(StripedFaces.SMALL);
        values.putAll(changes);
        return TrainSettings.loader()
                .load(new SettingsSources(Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), values))
                .settings();
    }
}
