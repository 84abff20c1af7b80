package io.unmask.detector.cli;

import io.unmask.config.LoadedSettings;
import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.SettingsSources;
import io.unmask.config.TrainSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.federate.Coordinator;
import io.unmask.detector.federate.Member;
import io.unmask.detector.federate.Plan;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.spec.ModelDigest;
import io.unmask.model.train.FederatedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unmask federate coordinate}. */
@Command(
        name = "coordinate",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Runs the rounds of a federation until the last one. Stopped or killed, the same command goes on.",
            "Prints a line for each round; exit code 5 when a round was lost."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask federate coordinate --name faces --sites sites.txt --rounds 20 --quorum 3 --deadline 30m",
            "  unmask federate coordinate --name faces --sites sites.txt --rounds 20 --quorum 3 --secure -T"
                    + " proximal-weight=0.01"
        })
final class FederateCoordinateCommand implements Callable<Integer> {
    private static final Pattern DURATION = Pattern.compile("([1-9]\\d{0,5})([smh])");

    private final Console console;
    private final Shutdown shutdown;

    @Mixin
    private FederationOptions federation;

    @Option(
            names = "--sites",
            paramLabel = "FILE",
            required = true,
            description = "Who may take part: the lines that 'unmask federate keys' prints at each site.")
    private Path sites;

    @Option(names = "--rounds", paramLabel = "R", required = true, description = "Rounds in all.")
    private long rounds;

    @Option(
            names = "--quorum",
            paramLabel = "Q",
            required = true,
            description = "How many sites must send an update for a round to make a model.")
    private int quorum;

    @Option(
            names = "--deadline",
            paramLabel = "30m",
            defaultValue = "30m",
            description = "How long each stage of a round waits for sites, as in 90s, 30m, 2h; default: 30m.")
    private String deadline;

    @Option(
            names = "--from",
            paramLabel = "DIR|shipped",
            description = "Start from this model; of several, from their mean; default: from random weights.")
    private List<Path> from = List.of();

    @Option(
            names = "--secure",
            description = "Secure aggregation: nobody sees a site's update, only their sum. Needs 3 sites or more.")
    private boolean secure;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            defaultValue = "10",
            description = "Largest norm of a site's update in a round; a longer one is shortened; default: 10.")
    private double clip;

    @Option(
            names = "--clip-statistics",
            paramLabel = "NORM",
            defaultValue = "1000",
            description = "The same for the statistics of batch normalisation; default: 1000.")
    private double clipStatistics;

    @Option(
            names = "--noise",
            paramLabel = "Z",
            defaultValue = "0",
            description = "Differential privacy: noise of Z times --clip in each round's sum; default: none.")
    private double noise;

    @Option(
            names = "--delta",
            paramLabel = "D",
            defaultValue = "0.00001",
            description = "Probability that the stated epsilon does not hold; default: 0.00001.")
    private double delta;

    /** What becomes of the sites' batch normalisation. */
    enum BatchNorm {
        AVERAGED,
        LOCAL
    }

    @Option(
            names = "--batch-norm",
            paramLabel = "averaged|local",
            defaultValue = "AVERAGED",
            description = "Average batch normalisation, or let each site keep its own (FedBN); default: averaged.")
    private BatchNorm batchNorm;

    @Option(
            names = "--epochs",
            paramLabel = "E",
            defaultValue = "1",
            description = "Passes of a site over its authentic faces in a round; default: 1.")
    private long epochs;

    @Option(
            names = "--max-steps",
            paramLabel = "N",
            defaultValue = "200",
            description = "The most steps that a site trains in a round; default: 200.")
    private long maxSteps;

    @Option(
            names = "--example-cap",
            paramLabel = "N",
            defaultValue = "1000",
            description = "A site with more faces than this weighs as if it had this many; default: 1000.")
    private long exampleCap;

    @Option(names = "--train", paramLabel = "FILE", description = "Hyper-parameters, as in train.yaml.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "-T",
            paramLabel = "KEY=VALUE",
            description = "Set any hyper-parameter: 'unmask train --reference'.")
    private Map<String, String> hyper = new LinkedHashMap<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Write the last weights into this folder, for 'train --from'.")
    private Optional<Path> out = Optional.empty();

    FederateCoordinateCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() {
        Settings service = federation.load(Map.of());
        try {
            LoadedSettings<TrainSettings> training = training();
            List<Path> first = from.stream()
                    .map(of -> TrainingOptions.resolve(of, service))
                    .toList();
            requireSense();
            FederatedModel model = FederatedModel.first(training.settings(), first);
            Plan plan = plan(training, model);
            try (BrokerLease broker = BrokerStart.obtain(service, shutdown)) {
                return coordinate(plan, model, service, broker);
            }
        } catch (IOException e) {
            throw CommandFailure.of(e);
        }
    }

    private int coordinate(Plan plan, FederatedModel model, Settings service, BrokerLease broker) throws IOException {
        shutdown.willBeAsked();
        FederationView view = new FederationView(console, true);
        var context = new Coordinator.Context(
                service.kafka(),
                broker.connection(),
                federation.keys(service),
                Clock.systemUTC(),
                view,
                shutdown::isRequested);
        console.note("federation " + plan.federation() + " at " + broker.bootstrapServers() + ", "
                + plan.members().size() + " sites registered; sites check this coordinator by --coordinator-key "
                + federation.keys(service).publicSigningKey());
        Optional<Map<String, float[]>> last = new Coordinator(plan, model, context).run();
        if (last.isEmpty()) {
            console.note("stopped; the same command goes on");
            return ExitCode.INTERRUPTED;
        }
        if (out.isPresent()) {
            Files.createDirectories(out.get());
            Path weights = out.get().resolve(ModelDigest.WEIGHTS);
            FederatedModel.write(model, last.get(), weights);
            console.printPlain("the last weights are in " + weights);
        }
        return view.lost() ? ExitCode.PARTLY : ExitCode.OK;
    }

    private LoadedSettings<TrainSettings> training() {
        try {
            return TrainSettings.loader().load(SettingsSources.ofProcess(file, hyper));
        } catch (SettingsException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage(), e);
        }
    }

    private Plan plan(LoadedSettings<TrainSettings> training, FederatedModel model) throws IOException {
        boolean own = batchNorm == BatchNorm.LOCAL;
        Map<String, String> settings = new LinkedHashMap<>();
        training.entries().forEach(entry -> settings.put(entry.key(), entry.value()));
        Plan plan = new Plan(
                federation.name(),
                rounds,
                quorum,
                seconds(),
                new Plan.Protection(secure, clip, clipStatistics, noise, delta, own),
                new Plan.Effort(epochs, maxSteps, exampleCap),
                settings,
                Coordinator.network(model, own),
                Member.readAll(sites));
        plan.fault(Coordinator.layout(model, own).tensors().stream().anyMatch(TensorLayout.Tensor::statistic))
                .ifPresent(fault -> {
                    throw usage(fault);
                });
        return plan;
    }

    private void requireSense() {
        Map<String, Double> numbers = new LinkedHashMap<>();
        numbers.put("--rounds", (double) rounds);
        numbers.put("--quorum", (double) quorum);
        numbers.put("--epochs", (double) epochs);
        numbers.put("--max-steps", (double) maxSteps);
        numbers.put("--example-cap", (double) exampleCap);
        numbers.put("--clip", clip);
        numbers.put("--clip-statistics", clipStatistics);
        numbers.forEach((option, value) -> {
            if (!(value > 0) || Double.isInfinite(value)) {
                throw usage(option + " " + value + ": must be above 0");
            }
        });
        if (!(noise >= 0) || Double.isInfinite(noise) || !(delta > 0 && delta < 1)) {
            throw usage("--noise " + noise + " --delta " + delta + ": noise must be 0 or more, delta between 0 and 1");
        }
    }

    private long seconds() {
        Matcher matcher = DURATION.matcher(deadline);
        if (!matcher.matches()) {
            throw usage("--deadline " + deadline + ": must be a number above 0 with s, m or h, as in 30m");
        }
        long unit = Map.of("s", 1L, "m", 60L, "h", 3600L).get(matcher.group(2));
        return Long.parseLong(matcher.group(1)) * unit;
    }

    private static CommandFailure usage(String message) {
        return new CommandFailure(ExitCode.USAGE, message);
    }
}
