package io.unmask.samples.bench;

import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.config.TrainSettings;
import io.unmask.model.data.Manifest;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.ToolFamilies;
import io.unmask.model.evaluate.ToolTable;
import io.unmask.model.federate.PrivacyAccountant;
import io.unmask.samples.bench.FederationBench.Trial;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unmask bench-federation}. */
@Command(
        name = "bench-federation",
        description = {
            "Compares federated training with each site alone and with one training on the data of all.",
            "Sites get the videos of different origins, and so of different tools. Prints a table in Markdown."
        },
        mixinStandardHelpOptions = true)
public final class FederationBenchCommand implements Callable<Integer> {
    private static final int REPLICATES = 1000;

    /** The delta of (epsilon, delta)-differential privacy. */
    private static final double DELTA = 1e-5;

    /** A bound on the norm of an update that no update reaches. */
    private static final double UNBOUNDED = 1e6;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "CSV",
            description = "Manifest with the columns from and fold, as docs/training.md says.")
    private Path data;

    @Option(names = "--from", paramLabel = "DIR", description = "Start from this model; default: random weights.")
    private List<Path> from = List.of();

    @Option(names = "--work", required = true, paramLabel = "DIR", description = "Takes checkpoints and scores.")
    private Path work;

    @Option(names = "--cache", paramLabel = "DIR", description = "Faces cut out of videos; default: cache in --work.")
    private Optional<Path> cache = Optional.empty();

    @Option(
            names = "--leave-out",
            split = ",",
            paramLabel = "FOLD",
            description = "Folds that nothing is learnt from, and all are judged by; default: 0,1.")
    private Set<String> judged = Set.of("0", "1");

    @Option(
            names = "--sites",
            defaultValue = "5",
            paramLabel = "N",
            description = "Sites that the videos are given to; default: ${DEFAULT-VALUE}.")
    private int sites;

    @Option(
            names = "--rounds",
            defaultValue = "20",
            paramLabel = "R",
            description = "Rounds of each federation; default: ${DEFAULT-VALUE}.")
    private long rounds;

    @Option(
            names = "--steps",
            defaultValue = "4",
            paramLabel = "N",
            description = "Updates of a site in a round; default: ${DEFAULT-VALUE}.")
    private long steps;

    @Option(
            names = "--noises",
            split = ",",
            paramLabel = "Z",
            description = "Deviation of the noise over --clip, for differential privacy; default: 0.03,0.3,3.")
    private List<Double> noises = List.of(0.03, 0.3, 3.0);

    @Option(
            names = "--clip",
            defaultValue = "1",
            paramLabel = "NORM",
            description = "Largest norm of an update where there is noise; default: ${DEFAULT-VALUE}.")
    private double clip;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Only these lines of the table; default: all.")
    private List<String> only = List.of();

    @Option(names = "-T", paramLabel = "KEY=VALUE", description = "Set any hyper-parameter of the training.")
    private Map<String, String> hyper = new LinkedHashMap<>();

    @Override
    public Integer call() throws InterruptedException {
        requireSense();
        ExecutorService loaders =
                Executors.newFixedThreadPool(settings(Map.of()).loaderThreads());
        try {
            List<Trial> trials = trials();
            List<String> names = trials.stream().map(Trial::name).toList();
            if (!names.containsAll(only)) {
                throw usage("--only " + only + ": must be of " + names);
            }
            say("| training | AUC of left-out tools | standard error | epsilon | largest update | kB a site a round |");
            say("|---|---|---|---|---|---|");
            try (FederationBench bench = new FederationBench(new FederationBench.Place(
                    work, judged, from, cutting(), cache.orElse(work.resolve("cache")), loaders))) {
                for (Trial trial : trials) {
                    if (only.isEmpty() || only.contains(trial.name())) {
                        say(line(trial, bench.run(trial)));
                    }
                }
            }
            return 0;
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } finally {
            loaders.shutdownNow();
        }
    }

    private void requireSense() {
        if (sites < 1 || rounds < 1 || steps < 1) {
            throw usage("--sites " + sites + " --rounds " + rounds + " --steps " + steps + ": each must be 1 or more");
        }
        if (!(clip > 0) || !noises.stream().allMatch(noise -> noise > 0)) {
            throw usage("--clip " + clip + " --noises " + noises + ": each must be above 0");
        }
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    /** The trainings of the table's lines. In each of them, as many updates are made on the faces of a site. */
    private List<Trial> trials() throws IOException {
        SiteSplit split = SiteSplit.read(data, judged);
        Path all = work.resolve("all/manifest.csv");
        split.write(split.learntFrom(), all);
        List<Path> each = new ArrayList<>();
        for (List<Manifest.Row> own : split.sites(sites)) {
            Path manifest = work.resolve("site-" + (each.size() + 1) + "/manifest.csv");
            split.write(own, manifest);
            each.add(manifest);
            say("site-%d: %d authentic and %d fake videos of %d origins"
                    .formatted(
                            each.size(),
                            own.size() - SiteSplit.fakes(own),
                            SiteSplit.fakes(own),
                            own.stream().map(Manifest.Row::origin).distinct().count()));
        }
        List<Trial> trials = new ArrayList<>();
        TrainSettings plain = settings(Map.of());
        trials.add(new Trial("fedavg", each, plain, rounds, steps, false, UNBOUNDED, 0));
        trials.add(new Trial("centralised", List.of(all), plain, rounds, steps * sites, false, UNBOUNDED, 0));
        trials.add(new Trial(
                "fedprox", each, settings(Map.of("proximal-weight", "0.01")), rounds, steps, false, UNBOUNDED, 0));
        trials.add(new Trial("fedbn", each, plain, rounds, steps, true, UNBOUNDED, 0));
        for (int site = 1; site <= sites; site++) {
            trials.add(
                    new Trial("alone-" + site, List.of(each.get(site - 1)), plain, rounds, steps, false, UNBOUNDED, 0));
        }
        // The norm of the noise grows with the root of the number of weights that are exchanged. So the encoder is
        // frozen.
        TrainSettings head = settings(Map.of("freeze", "^encoder"));
        trials.add(new Trial("head", each, head, rounds, steps, false, UNBOUNDED, 0));
        for (double noise : noises) {
            trials.add(new Trial("head-noise-" + noise, each, head, rounds, steps, false, clip, noise));
        }
        return trials;
    }

    private String line(Trial trial, FederationBench.Result result) {
        double auc = 0;
        double error = 0;
        for (List<Sample> faces : result.scores()) {
            ToolTable.WithError macro = ToolTable.of(
                            List.of(new ToolTable.Part(faces, 0)), ToolFamilies.known(), REPLICATES, 1)
                    .macroAuc();
            auc += macro.value() / result.scores().size();
            error += macro.standardError() / result.scores().size();
        }
        String epsilon = trial.noise() == 0
                ? "-"
                : String.format(
                        Locale.ROOT, "%.3g", new PrivacyAccountant(trial.noise(), DELTA).epsilon(trial.rounds()));
        return String.format(
                Locale.ROOT,
                "| %s | %.3f | %.3f | %s | %.3g | %d |",
                trial.name(),
                auc,
                error,
                epsilon,
                result.largestNorm(),
                result.updateBytes() / 1000);
    }

    private TrainSettings settings(Map<String, String> of) {
        Map<String, String> values = new LinkedHashMap<>(
                Map.of("input-size", "96", "frames", "1", "batch-clips", "16", "distribution-frames", "0"));
        values.putAll(of);
        values.putAll(hyper);
        try {
            return TrainSettings.loader()
                    .load(SettingsSources.ofProcess(Optional.empty(), values))
                    .settings();
        } catch (SettingsException e) {
            throw usage(e.getMessage());
        }
    }

    /** How faces are cut out of videos. */
    private Settings cutting() {
        Map<String, String> values =
                Map.of("source.sample-fps", Double.toString(settings(Map.of()).sampleFps()));
        return SettingsLoader.ofService()
                .load(SettingsSources.ofProcess(Optional.empty(), values))
                .settings();
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
