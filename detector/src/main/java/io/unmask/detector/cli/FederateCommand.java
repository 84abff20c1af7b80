package io.unmask.detector.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unmask federate}. */
@Command(
        name = "federate",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Trains one model on the videos of several sites. No video leaves its site.",
            "The sites meet on Kafka. Each sends updates of the weights, how many faces it has, and how good each model is on"
                    + " its own validation faces."
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask federate keys --name faces >> sites.txt",
            "  unmask federate coordinate --name faces --sites sites.txt --rounds 20 --quorum 3 --secure",
            "  unmask federate join --name faces --data videos/",
            "  unmask federate rounds --name faces"
        })
final class FederateCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private FederateCommand() {}

    static CommandLine line(Console console, Shutdown shutdown) {
        CommandLine line = new CommandLine(new FederateCommand());
        line.addSubcommand(new FederateKeysCommand(console));
        line.addSubcommand(new FederateCoordinateCommand(console, shutdown));
        line.addSubcommand(new FederateJoinCommand(console, shutdown));
        line.addSubcommand(new FederateRoundsCommand(console, shutdown));
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }
}
