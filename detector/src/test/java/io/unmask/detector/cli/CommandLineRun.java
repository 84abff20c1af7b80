package io.unmask.detector.cli;

import io.cloudevents.CloudEvent;
import io.unmask.detector.verdict.EventLine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What a command line did, run in this process on the real parts. */
public record CommandLineRun(int exitCode, String out, String err) {

    public static CommandLineRun of(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode;
        try (PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
                PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8)) {
            Console console = new Console(outStream, errStream, Ansi.OFF, false);
            CommandLine line = UnmaskCommand.commandLine(console, new Shutdown());
            line.setOut(new PrintWriter(outStream, true, StandardCharsets.UTF_8));
            line.setErr(new PrintWriter(errStream, true, StandardCharsets.UTF_8));
            exitCode = line.execute(arguments);
        }
        return new CommandLineRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Standard output as events; fails when there is anything else on it. */
    List<CloudEvent> events() {
        return out.lines()
                .map(line -> EventLine.parse(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    List<String> ids() {
        return events().stream().map(CloudEvent::getId).toList();
    }
}
