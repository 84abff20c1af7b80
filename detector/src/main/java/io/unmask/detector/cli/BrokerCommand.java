package io.unmask.detector.cli;

import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerLease;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unmask broker}. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Runs the embedded Kafka broker until Ctrl-C, so that other programs can read from it.",
            "'detect', 'serve' and 'consume' find it; its data stays in the data directory.",
            "Other programs connect with a file from the folder 'broker' in the data directory:"
                    + " librdkafka.conf (kcat, Python, Go) or client.properties (Java)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask broker",
            "  unmask broker --port 9192",
            "  kcat -F ~/.local/share/unmask/broker/librdkafka.conf -t unmask.verdicts -C"
        })
final class BrokerCommand implements Callable<Integer> {
    private final Console console;
    private final Shutdown shutdown;

    @Mixin
    private SettingsOptions settings;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port on the loopback interface; default: broker.port.")
    private Optional<Integer> port = Optional.empty();

    BrokerCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> overrides = new LinkedHashMap<>();
        port.ifPresent(value -> overrides.put("broker.port", value.toString()));
        Settings effective = settings.load(overrides);
        effective.kafka().bootstrapServers().ifPresent(servers -> {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "kafka.bootstrap-servers = " + servers
                            + ": must be unset to run the embedded broker; 'unmask config' shows where it is set");
        });
        try (BrokerLease broker = BrokerStart.obtain(effective, shutdown)) {
            CountDownLatch stopped = new CountDownLatch(1);
            shutdown.onRequest(stopped::countDown);
            if (broker.origin() == BrokerLease.Origin.SHARED) {
                throw new CommandFailure("the embedded broker of this data directory runs already, at "
                        + broker.bootstrapServers() + ": use it, or end the unmask processes that share it");
            }
            console.printPlain("broker at " + broker.bootstrapServers() + ", topic "
                    + effective.kafka().topic() + "; Ctrl-C stops it");
            broker.folder()
                    .ifPresent(folder -> console.note("other programs reach it with "
                            + folder.resolve("librdkafka.conf") + " (kcat -F), or client.properties beside it (Java)"));
            stopped.await();
        }
        return ExitCode.OK;
    }
}
