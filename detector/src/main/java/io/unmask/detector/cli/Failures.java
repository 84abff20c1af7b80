package io.unmask.detector.cli;

import io.unmask.config.SettingsException;
import io.unmask.detector.broker.BrokerException;
import io.unmask.detector.federate.FederationException;
import io.unmask.detector.pipeline.PipelineException;
import io.unmask.detector.publish.OutboxException;
import io.unmask.detector.publish.OutboxFullException;
import io.unmask.detector.publish.PublishException;
import io.unmask.detector.run.RunException;
import io.unmask.detector.serve.RefusedException;
import io.unmask.detector.verdict.EventFormatException;
import io.unmask.ingest.decode.SourceException;
import io.unmask.model.runtime.TensorFlowUnavailableException;
import io.unmask.model.score.ScoringException;
import io.unmask.model.train.TrainingException;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what a command throws into one clear line and an exit code; the trace is shown only when asked for. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

    private static final List<Class<? extends Exception>> WITH_MESSAGES_FOR_USERS = List.of(
            BrokerException.class,
            CommandFailure.class,
            EventFormatException.class,
            FederationException.class,
            OutboxException.class,
            OutboxFullException.class,
            PipelineException.class,
            PublishException.class,
            RefusedException.class,
            RunException.class,
            ScoringException.class,
            SourceException.class,
            TensorFlowUnavailableException.class,
            TrainingException.class);

    private final Console console;

    Failures(Console console) {
        this.console = console;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        console.error(e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                console.error("did you mean " + String.join(" or ", suggestions) + "?");
            }
        }
        console.note("Try '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
        boolean verbose = isVerbose(parsed);
        boolean settings = e instanceof SettingsException;
        if (settings || e.getCause() instanceof SettingsException) {
            console.errors(e.getMessage());
        } else if (WITH_MESSAGES_FOR_USERS.stream().anyMatch(type -> type.isInstance(e))) {
            console.error(e.getMessage());
        } else if (e instanceof IOException trouble) {
            console.error(CommandFailure.of(trouble).getMessage());
        } else {
            console.error("internal error: " + e + (verbose ? "" : " (--verbose shows where)"));
        }
        if (verbose) {
            console.trace(e);
        }
        if (settings || e instanceof RunException.Refused) {
            return ExitCode.USAGE;
        }
        return e instanceof CommandFailure failure ? failure.exitCode() : ExitCode.FAILURE;
    }

    /** Looks at the subcommands as well. */
    private static boolean isVerbose(ParseResult parsed) {
        return parsed.hasMatchedOption("--verbose") || (parsed.hasSubcommand() && isVerbose(parsed.subcommand()));
    }
}
