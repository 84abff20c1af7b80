package io.unmask.samples.bench;

import io.unmask.config.Settings;
import io.unmask.config.TrainSettings;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.ScoredFaces;
import io.unmask.model.federate.ClipBounds;
import io.unmask.model.federate.FederatedAverage;
import io.unmask.model.federate.GaussianNoise;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.train.FederatedModel;
import io.unmask.model.train.LocalTraining;
import io.unmask.model.train.Progress;
import io.unmask.model.train.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * Trains as a federation does, without Kafka between the sites: the same loop at each site, and the same arithmetic of
 * updates. A site's data are loaded once for all trials with the same settings.
 */
final class FederationBench implements AutoCloseable {
    private static final double STATISTICS_NORM = 1000;

    private static final long EXAMPLE_CAP = 1000;
    private static final long SEED = 1;

    private final Place place;
    private final Map<Opened, LocalTraining> opened = new HashMap<>();

    /**
     * @param work takes the sites' checkpoints and the scores
     * @param judged folds that are only judged by
     * @param from models that the training starts from
     */
    record Place(
            Path work, Set<String> judged, List<Path> from, Settings cutting, Path cache, ExecutorService loaders) {}

    private record Opened(Path manifest, TrainSettings settings) {}

    /**
     * One line of the table.
     *
     * @param manifests of the sites
     * @param steps updates of a site in a round
     * @param ownNormalisation FedBN
     * @param clip largest norm of an update
     * @param noise over {@code clip}; 0: none
     */
    record Trial(
            String name,
            List<Path> manifests,
            TrainSettings settings,
            long rounds,
            long steps,
            boolean ownNormalisation,
            double clip,
            double noise) {}

    /**
     * @param scores of the left-out faces, a list for each model: one, or one a site when sites keep tensors of their own
     * @param updateBytes that a site sends in a round
     * @param largestNorm of a site's update
     */
    record Result(List<List<Sample>> scores, long updateBytes, double largestNorm) {}

    private record Site(LocalTraining training, Map<String, float[]> own) {}

    FederationBench(Place place) {
        this.place = place;
    }

    Result run(Trial trial) throws IOException, InterruptedException {
        FederatedModel model = FederatedModel.first(trial.settings(), place.from());
        TensorLayout layout = trial.ownNormalisation() ? model.sharedWithoutNormalisation() : model.shared();
        float[] shared = layout.flatten(model.values());
        List<Site> sites = new ArrayList<>();
        for (Path manifest : trial.manifests()) {
            sites.add(new Site(training(manifest, trial.settings()), new HashMap<>(model.values())));
        }
        double largest = 0;
        for (long round = 1; round <= trial.rounds(); round++) {
            largest = Math.max(largest, round(trial, layout, sites, shared, round));
        }
        List<List<Sample>> scores = new ArrayList<>();
        for (Site site : trial.ownNormalisation() ? sites : sites.subList(0, 1)) {
            site.own().putAll(layout.unflatten(shared));
            scores.add(site.training().scores(site.own()));
            Path file =
                    Files.createDirectories(place.work().resolve(trial.name())).resolve(scores.size() + ".csv");
            ScoredFaces.write(scores.get(scores.size() - 1), file);
        }
        return new Result(scores, (long) layout.size() * Float.BYTES, largest);
    }

    private LocalTraining training(Path manifest, TrainSettings settings) throws IOException, InterruptedException {
        Opened wanted = new Opened(manifest, settings);
        if (!opened.containsKey(wanted)) {
            opened.put(wanted, open(wanted));
        }
        return opened.get(wanted);
    }

    /** Moves the shared weights by a round; the largest norm of its updates. */
    private static double round(Trial trial, TensorLayout layout, List<Site> sites, float[] shared, long round)
            throws IOException, InterruptedException {
        ClipBounds bounds = new ClipBounds(trial.clip(), STATISTICS_NORM);
        List<float[]> shares = new ArrayList<>();
        double weights = 0;
        double largest = 0;
        for (Site site : sites) {
            site.own().putAll(layout.unflatten(shared));
            var plan = new LocalTraining.Round(
                    round, trial.rounds(), trial.steps(), trial.steps(), trial.name() + " " + round);
            Map<String, float[]> trained =
                    site.training().train(plan, site.own()).orElseThrow();
            float[] update = FederatedAverage.difference(shared, layout.flatten(trained));
            largest = Math.max(largest, ClipBounds.norms(layout, update).weights());
            double weight = FederatedAverage.weight(site.training().examples(), EXAMPLE_CAP);
            float[] share = FederatedAverage.weighted(bounds.clip(layout, update), weight);
            shares.add(noise(trial)
                    .map(part -> part.add(share, random(round, shares.size())))
                    .orElse(share));
            weights += weight;
            site.own().putAll(trained);
        }
        float[] mean = FederatedAverage.mean(FederatedAverage.sum(shares), weights);
        System.arraycopy(FederatedAverage.apply(shared, mean), 0, shared, 0, shared.length);
        return largest;
    }

    private static Optional<GaussianNoise> noise(Trial trial) {
        return trial.noise() == 0
                ? Optional.empty()
                : Optional.of(new GaussianNoise(
                        trial.noise(), trial.clip(), trial.manifests().size()));
    }

    /** A measurement can be repeated; a federation's noise comes from a secure source. */
    private static Random random(long round, int site) {
        return new Random(SEED + round * 100 + site);
    }

    private LocalTraining open(Opened wanted) throws IOException, InterruptedException {
        Path out = wanted.manifest().resolveSibling("out-" + opened.size());
        return LocalTraining.open(
                new Training.Request(
                        List.of(wanted.manifest()),
                        List.of(),
                        out,
                        List.of(),
                        place.judged(),
                        List.of(),
                        false,
                        new Training.ModelName("bench", "1")),
                wanted.settings(),
                new Training.Context(
                        place.cutting(), place.cache(), place.loaders(), Clock.systemUTC(), new Silent(), () -> false));
    }

    @Override
    public void close() throws IOException {
        for (LocalTraining training : opened.values()) {
            training.close();
        }
    }

    private record Silent() implements Progress {
        @Override
        public void stepped(Step step) {}

        @Override
        public void judged(Judged judged) {}

        @Override
        public void limited(String by) {}

        @Override
        public void skipped(String file) {}
    }
}
