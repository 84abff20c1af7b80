package io.unmask.detector.cli;

import io.unmask.config.Daemons;
import io.unmask.config.Settings;
import io.unmask.config.TrainSettings;
import io.unmask.detector.run.ServingModel;
import io.unmask.model.calibrate.Calibrator;
import io.unmask.model.evaluate.RiskCoverageText;
import io.unmask.model.evaluate.ToolTableText;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.OutOfDistribution;
import io.unmask.model.train.LeftOut;
import io.unmask.model.train.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that {@code unmask train} and {@code unmask export} share, and how both run. */
final class TrainingOptions {
    /** Makes the threads that prepare batches. */
    static final ThreadFactory LOADERS = Daemons.named("unmask-batches");

    private static final Path SHIPPED = Path.of("shipped");

    @Mixin
    private FaceOptions faces;

    @Mixin
    @SuppressWarnings("unused") // Failures reads this option through picocli
    private VerboseOption verbose;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to write the model directory.")
    private Path out;

    @Option(
            names = "--leave-out",
            paramLabel = "FOLD",
            split = ",",
            description =
                    "Learn from the other folds of the manifests and judge by these: how good the model is on tools,"
                            + " people and cameras that it never met. The scores go to left-out.csv in --out.")
    private Set<String> leaveOut = Set.of();

    @Option(
            names = "--calibrate-by",
            paramLabel = "DIR",
            split = ",",
            description =
                    "Learn from all folds, and calibrate by the scores that these trainings with --leave-out gave to"
                            + " tools, people and cameras that they never met.")
    private List<Path> calibrateBy = List.of();

    @Option(names = "--name", defaultValue = "custom", description = "Name in the model's card; default: custom.")
    private String name;

    @Option(
            names = "--model-version",
            paramLabel = "TEXT",
            defaultValue = "1",
            description = "Version in the model's card; default: 1.")
    private String version;

    @Option(names = "--cache", paramLabel = "DIR", description = "Faces cut out of videos; default: cache of --out.")
    private Optional<Path> cache = Optional.empty();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Hyper-parameters, as in train.yaml.")
    private Optional<Path> file = Optional.empty();

    @Option(names = "-D", paramLabel = "KEY=VALUE", description = "Set any hyper-parameter, as in -D steps=2000.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    /** What a command does with a training. */
    interface Work {
        /** Returns the card of the model; empty when none was made. */
        Optional<ModelCard> of(Training training) throws IOException, InterruptedException;
    }

    void requireFaces(CommandLine command) {
        faces.require(command, "learn from");
    }

    void override(String key, String value) {
        overrides.put(key, value);
    }

    /**
     * Does the work, and says what the model is worth.
     *
     * @return whether a model was made
     */
    boolean run(Console console, Shutdown shutdown, List<Path> from, boolean resume, Work work)
            throws InterruptedException {
        shutdown.willBeAsked();
        TrainSettings settings = SettingsOptions.read(TrainSettings.loader(), file, overrides);
        Settings service = SettingsOptions.cuttingAt(settings.sampleFps());
        ExecutorService loaders = Executors.newFixedThreadPool(settings.loaderThreads(), LOADERS);
        try (TrainProgress progress = new TrainProgress(console, settings)) {
            List<Path> first = from.stream().map(of -> resolve(of, service)).toList();
            var request = new Training.Request(
                    faces.videos(),
                    faces.faces(),
                    out,
                    first,
                    leaveOut,
                    calibrateBy,
                    resume,
                    new Training.ModelName(name, version));
            var context = new Training.Context(
                    service,
                    cache.orElse(out.resolve("cache")),
                    loaders,
                    Clock.systemUTC(),
                    progress,
                    shutdown::isRequested);
            Optional<ModelCard> card = work.of(new Training(request, settings, context));
            progress.close();
            if (card.isPresent()) {
                tell(console, card.get(), settings);
            }
            return card.isPresent();
        } catch (InterruptedException e) {
            if (shutdown.isRequested()) {
                return false;
            }
            throw e;
        } catch (IOException e) {
            throw CommandFailure.of(e);
        } catch (UncheckedIOException e) { // from reading a face that was cut earlier
            throw CommandFailure.of(e.getCause());
        } finally {
            loaders.shutdownNow();
        }
    }

    /** The folder of a model: {@code shipped} stands for the model that ships. */
    static Path resolve(Path from, Settings service) {
        return from.equals(SHIPPED) ? ServingModel.shipped(service).path() : from;
    }

    private void tell(Console console, ModelCard card, TrainSettings settings) throws IOException {
        if (!leaveOut.isEmpty() && card.spec().detects()) {
            var calibrator = new Calibrator(settings.falseAlarmRate(), "", LocalDate.now(ZoneOffset.UTC));
            var faces = LeftOut.read(List.of(out));
            ToolTableText.summary(faces.table(calibrator)).forEach(console::printPlain);
            console.printPlain("");
            var limit = card.outOfDistribution().map(OutOfDistribution::limit);
            RiskCoverageText.table(faces.risk(calibrator, limit)).forEach(console::printPlain);
        }
        card.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().matches(".*\\.clean\\.(auc|ece|bpcer)"))
                .sorted(Map.Entry.comparingByKey())
                .forEach(metric -> console.printPlain("%-50s %.4f".formatted(metric.getKey(), metric.getValue())));
        console.printPlain("model " + card.name() + " (" + card.digest().substring(0, 12) + ") is in " + out);
    }
}
