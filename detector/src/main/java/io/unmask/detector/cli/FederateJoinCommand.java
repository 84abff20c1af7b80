package io.unmask.detector.cli;

import io.unmask.config.Settings;
import io.unmask.config.TrainSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.federate.Coordinator;
import io.unmask.detector.federate.Plan;
import io.unmask.detector.federate.Site;
import io.unmask.detector.federate.SiteKeys;
import io.unmask.detector.run.ModelShelf;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.train.LocalTraining;
import io.unmask.model.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unmask federate join}. */
@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Takes part in a federation until its last round. Stopped or killed, the same command goes on.",
            "Sends an update of the weights, how many faces it is from, and how good each round's model is on this"
                    + " site's own validation faces. Exit code 3: the site took no model."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask federate join --name faces --data videos/",
            "  unmask federate join --name faces --data videos/ --from shipped --out my-model -b kafka.example:9092"
        })
final class FederateJoinCommand implements Callable<Integer> {
    private final Console console;
    private final Shutdown shutdown;

    @Spec
    private CommandSpec spec;

    @Mixin
    private FederationOptions federation;

    @Mixin
    private FaceOptions faces;

    @Option(names = "--out", paramLabel = "DIR", description = "Where to write the model; default: model in --state.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--from",
            paramLabel = "DIR|shipped",
            description = "Take part only if the federation starts from this model, or from the mean of these.")
    private List<Path> from = List.of();

    @Option(
            names = "--coordinator-key",
            paramLabel = "KEY",
            description = "Join this coordinator alone; default: the first one of that name that this site meets.")
    private Optional<String> coordinatorKey = Optional.empty();

    @Option(
            names = "--tolerance",
            paramLabel = "AUC",
            defaultValue = "0.02",
            description =
                    "Refuse a model that is worse than the last one taken by more than this, in AUC on this site's"
                            + " validation faces; default: 0.02.")
    private double tolerance;

    @Option(names = "--cache", paramLabel = "DIR", description = "Faces cut out of videos; default: cache in --state.")
    private Optional<Path> cache = Optional.empty();

    @Option(
            names = "--shadow",
            description =
                    "Install the model that was taken as the shadow of the service on this data directory: it judges"
                            + " beside the model that serves, until 'unmask model promote'.")
    private boolean shadow;

    FederateJoinCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        faces.require(spec.commandLine(), "learn from");
        if (!(tolerance >= 0 && tolerance <= 1)) {
            throw new ParameterException(spec.commandLine(), "--tolerance " + tolerance + ": must be from 0 to 1");
        }
        coordinatorKey.filter(key -> !SiteKeys.isSigningKey(key)).ifPresent(key -> {
            throw new ParameterException(
                    spec.commandLine(),
                    "--coordinator-key " + key + ": must be the key that 'unmask federate coordinate' prints");
        });
        Settings service = federation.load(Map.of());
        ExecutorService loaders = Executors.newCachedThreadPool(TrainingOptions.LOADERS);
        try (BrokerLease broker = BrokerStart.obtain(service, shutdown)) {
            return join(service, broker, loaders);
        } catch (InterruptedException e) {
            if (shutdown.isRequested()) {
                return ExitCode.INTERRUPTED;
            }
            throw e;
        } catch (IOException e) {
            throw CommandFailure.of(e);
        } finally {
            loaders.shutdownNow();
        }
    }

    private int join(Settings service, BrokerLease broker, ExecutorService loaders)
            throws IOException, InterruptedException {
        shutdown.willBeAsked();
        Path folder = federation.folder(service);
        Path model = out.orElse(folder.resolve("model"));
        var request = new Site.Request(
                federation.name(),
                folder,
                coordinatorKey,
                from.stream().map(of -> TrainingOptions.resolve(of, service)).toList(),
                tolerance);
        var context = new Coordinator.Context(
                service.kafka(),
                broker.connection(),
                federation.keys(service),
                Clock.systemUTC(),
                new FederationView(console, false),
                shutdown::isRequested);
        try (Site site = new Site(request, plan -> open(plan, model, folder, loaders), context)) {
            Optional<ModelCard> card = site.run();
            card.ifPresent(taken -> show(taken, model, service));
            if (shutdown.isRequested()) {
                console.note("stopped; the same command goes on");
                return ExitCode.INTERRUPTED;
            }
            return card.isPresent() ? ExitCode.OK : ExitCode.NOTHING_JUDGED;
        }
    }

    private void show(ModelCard taken, Path model, Settings service) {
        console.printPlain("model " + taken.name() + " (" + taken.digest().substring(0, 12) + ") is in " + model);
        if (shadow) {
            ModelShelf.Installed installed = new ModelShelf(service.dataDirectory()).install(model, service);
            console.printPlain(installed.id() + " is installed as the shadow; 'unmask model promote' lets it serve");
        }
    }

    private LocalTraining open(Plan plan, Path model, Path folder, ExecutorService loaders)
            throws IOException, InterruptedException {
        TrainSettings settings = plan.trainSettings();
        if (shadow) {
            // Checked before the training, because a model that the service cannot use would be wasted.
            ModelShelf.requireFit(
                    LocalTraining.spec(settings),
                    "--shadow: the model of federation " + plan.federation(),
                    federation.load(Map.of()));
        }
        var training = new Training.Request(
                faces.videos(),
                faces.faces(),
                model,
                List.of(),
                Set.of(),
                List.of(),
                false,
                new Training.ModelName(plan.federation(), "1"));
        // Faces are cut as the service will cut them.
        Settings cutting = federation.load(SettingsOptions.sampledAt(settings.sampleFps()));
        return LocalTraining.open(
                training,
                settings,
                new Training.Context(
                        cutting,
                        cache.orElse(folder.resolve("cache")),
                        loaders,
                        Clock.systemUTC(),
                        new TrainProgress(console, settings),
                        shutdown::isRequested));
    }
}
