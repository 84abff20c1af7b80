package io.unmask.detector.cli;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.publish.VerdictConsumer;
import io.unmask.detector.publish.VerdictConsumer.Start;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unmask consume}. */
@Command(
        name = "consume",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Shows verdicts from the Kafka topic as they come, until Ctrl-C.",
            "Finds a running embedded broker, or starts it on the data that was kept."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask consume",
            "  unmask consume --from-beginning --verdict fake",
            "  unmask consume --from-beginning --format json --timeout 2 | jq -r .data.stream.uri",
            "  unmask consume --bootstrap-servers kafka.example:9092 --stream interview --max 10"
        })
final class ConsumeCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Console console;
    private final Shutdown shutdown;

    @Mixin
    private SettingsOptions settings;

    @Option(names = "--from-beginning", description = "Begin with the oldest verdict that is kept.")
    private boolean fromBeginning;

    @Option(names = "--stream", paramLabel = "TEXT", description = "Only streams whose id or URI contains this.")
    private Optional<String> stream = Optional.empty();

    @Option(
            names = "--verdict",
            paramLabel = "VERDICT",
            description = "Only this verdict: fake, real, labelled, inconclusive or not_evaluable.")
    private Optional<Verdict.Decision> verdict = Optional.empty();

    @Option(
            names = "--label",
            paramLabel = "LABEL",
            description = "Only what a model with labels of its own gave this label.")
    private Optional<String> label = Optional.empty();

    @Option(
            names = "--format",
            paramLabel = "text|json",
            description = "A table, or one CloudEvent a line; default: text.")
    private ResultView.Format format = ResultView.Format.TEXT;

    @Option(names = "--max", paramLabel = "N", description = "End after so many events.")
    private Optional<Long> max = Optional.empty();

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "End when no event came for so long.")
    private Optional<Double> timeoutSeconds = Optional.empty();

    @Option(
            names = {"-b", "--bootstrap-servers"},
            paramLabel = "HOST:PORT,...",
            description = "Read from this Kafka instead of the embedded broker.")
    private Optional<String> bootstrapServers = Optional.empty();

    ConsumeCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() {
        Map<String, String> overrides = new LinkedHashMap<>();
        bootstrapServers.ifPresent(value -> overrides.put("kafka.bootstrap-servers", value));
        Settings effective = settings.load(overrides);
        try (BrokerLease broker = BrokerStart.obtain(effective, shutdown);
                VerdictConsumer consumer = VerdictConsumer.open(
                        effective.kafka(), broker.connection(), fromBeginning ? Start.BEGINNING : Start.NOW)) {
            if (settings.verbose()) {
                console.note("reading " + effective.kafka().topic() + " at " + broker.bootstrapServers());
            }
            show(consumer);
        }
        return ExitCode.OK;
    }

    private void show(VerdictConsumer consumer) {
        ResultView view = ResultView.ofTopic(format, console);
        AtomicBoolean stopped = new AtomicBoolean();
        shutdown.onRequest(() -> stopped.set(true));
        long shown = 0;
        long lastNanos = System.nanoTime();
        while (!stopped.get() && !console.outClosed() && !isOver(consumer, lastNanos)) {
            for (CloudEvent event : consumer.poll(POLL)) {
                lastNanos = System.nanoTime();
                if (isWanted(event)) {
                    view.show(event);
                    shown++;
                }
                if (max.isPresent() && shown >= max.get()) {
                    return;
                }
            }
        }
    }

    /** What was kept is shown in any case, however slowly it comes. */
    private boolean isOver(VerdictConsumer consumer, long lastNanos) {
        return timeoutSeconds.isPresent()
                && (!fromBeginning || consumer.isCaughtUp())
                && System.nanoTime() - lastNanos > timeoutSeconds.get() * 1e9;
    }

    private boolean isWanted(CloudEvent event) {
        if (VerdictEvent.isVerdict(event)) {
            Verdict read = VerdictEvent.parse(event);
            return isWanted(read.stream())
                    && verdict.map(v -> v == read.decision()).orElse(true)
                    && label.map(l -> read.decision() == Verdict.Decision.LABELLED
                                    && read.outcome().equals(l))
                            .orElse(true);
        }
        return verdict.isEmpty()
                && label.isEmpty()
                && VerdictEvent.isState(event)
                && isWanted(VerdictEvent.parseState(event).stream());
    }

    private boolean isWanted(Verdict.Stream read) {
        return stream.map(text -> read.id().contains(text) || read.uri().contains(text))
                .orElse(true);
    }
}
