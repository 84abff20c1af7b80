package io.unmask.detector.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unmask}: parses the command line and runs a subcommand. */
@Command(
        name = "unmask",
        mixinStandardHelpOptions = true,
        description = "Finds manipulated faces in video.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {HelpCommand.class},
        versionProvider = Versions.class,
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask detect interview.mp4",
            "  unmask detect --format json --fail-on fake uploads/",
            "  unmask consume --from-beginning --verdict fake",
            "  unmask doctor",
            "",
            "'unmask help COMMAND' tells more about a command."
        })
public final class UnmaskCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private UnmaskCommand() {}

    public static void main(String[] arguments) {
        // Texts are in English, and programs read the numbers in them.
        Locale.setDefault(Locale.ROOT);
        Console console = Console.ofProcess();
        Shutdown shutdown = new Shutdown();
        LastWords.install(console, shutdown);
        shutdown.install();
        int code = commandLine(console, shutdown).execute(arguments);
        Optional<String> lost = console.lost();
        lost.ifPresent(why -> console.error("standard output cannot be written: " + why));
        shutdown.exit(lost.isPresent() ? ExitCode.FAILURE : code);
    }

    /** The whole command tree. */
    static CommandLine commandLine(Console console, Shutdown shutdown) {
        CommandLine line = new CommandLine(new UnmaskCommand());
        line.addSubcommand(new DetectCommand(console, shutdown));
        line.addSubcommand(new ServeCommand(console, shutdown));
        line.addSubcommand(new LabelsCommand(console));
        line.addSubcommand(new ModelCommand(console));
        line.addSubcommand(new EvidenceCommand(console, shutdown));
        line.addSubcommand(new VerifyCommand(console));
        line.addSubcommand(new ConsumeCommand(console, shutdown));
        line.addSubcommand(new BrokerCommand(console, shutdown));
        line.addSubcommand(new OutboxCommand(console));
        line.addSubcommand(new TrainCommand(console, shutdown));
        line.addSubcommand(new ExportCommand(console, shutdown));
        line.addSubcommand(new ForgeCommand(console, shutdown));
        line.addSubcommand(FederateCommand.line(console, shutdown));
        line.addSubcommand(new EvaluateCommand(console, shutdown));
        line.addSubcommand(new DoctorCommand(console));
        line.addSubcommand(new ConfigCommand(console));
        for (SubcommandProvider provider : ServiceLoader.load(SubcommandProvider.class)) {
            provider.subcommands(shutdown::onRequest).forEach(line::addSubcommand);
        }
        Failures failures = new Failures(console);
        line.setParameterExceptionHandler(failures);
        line.setExecutionExceptionHandler(failures);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(console.ansi()));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAbbreviatedOptionsAllowed(false);
        // A video may be called @a.mp4, which picocli would take for a file of arguments.
        line.setExpandAtFiles(false);
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }
}
