package io.unmask.detector.cli;

import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.federate.FederationReader;
import io.unmask.detector.federate.Round;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unmask federate rounds}. */
@Command(
        name = "rounds",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Shows a table of a federation's rounds.",
            "Who took part, with how many faces, how far the updates moved the model, how good it was before and after on"
                    + " the sites' own faces, and what was refused."
        })
final class FederateRoundsCommand implements Callable<Integer> {
    private final Console console;
    private final Shutdown shutdown;

    @Mixin
    private FederationOptions federation;

    FederateRoundsCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() {
        Settings service = federation.load(Map.of());
        try (BrokerLease broker = BrokerStart.obtain(service, shutdown)) {
            List<Round> rounds = FederationReader.rounds(federation.name(), service.kafka(), broker.connection());
            if (rounds.isEmpty()) {
                throw new CommandFailure("there is no federation " + federation.name() + " at "
                        + broker.bootstrapServers() + "; check --name and --bootstrap-servers");
            }
            RoundTable.lines(rounds).forEach(console::printPlain);
        }
        return ExitCode.OK;
    }
}
