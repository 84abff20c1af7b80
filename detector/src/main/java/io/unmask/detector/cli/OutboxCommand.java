package io.unmask.detector.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.config.Settings;
import io.unmask.detector.publish.Outbox;
import io.unmask.detector.publish.ParkedEvents;
import io.unmask.detector.publish.ParkedEvents.Parked;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unmask outbox}. */
@Command(
        name = "outbox",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Shows the events that wait for Kafka and those that were set aside because Kafka cannot take them.",
            "What was set aside stays until you retry it, once its cause is mended, or drop it."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  unmask outbox", "  unmask outbox retry --all", "  unmask outbox drop 17 18"})
final class OutboxCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions settings;

    @Parameters(
            index = "0",
            paramLabel = "list|retry|drop",
            arity = "0..1",
            description = "What to do with events that were set aside; default: list.")
    private Action action = Action.LIST;

    @Parameters(index = "1..*", paramLabel = "NUMBER", description = "Which events, as the list numbers them.")
    private Set<Long> numbers = Set.of();

    @Option(names = "--all", description = "All events that were set aside.")
    private boolean all;

    @Option(names = "--format", paramLabel = "text|json", description = "Lines, or one JSON object; default: text.")
    private ResultView.Format format = ResultView.Format.TEXT;

    /** What can be done. */
    enum Action {
        LIST,
        RETRY,
        DROP
    }

    OutboxCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        if ((action == Action.LIST) == (all || !numbers.isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(),
                    action == Action.LIST
                            ? "list takes no number: it shows every event that was set aside"
                            : "name the events by their numbers, or give --all; 'unmask outbox' lists them");
        }
        Settings effective = settings.load(Map.of());
        try (Outbox outbox =
                Outbox.open(Outbox.fileFor(effective), effective.outbox().maxMegabytes())) {
            ParkedEvents parked = outbox.parked();
            switch (action) {
                case LIST -> list(outbox.waitingCount(), Outbox.elsewhere(effective), parked.list());
                case RETRY -> {
                    List<Parked> chosen = chosen(parked);
                    parked.retry(chosen);
                    console.printPlain(chosen.size() + " events wait for Kafka again; the next run delivers them");
                }
                case DROP -> {
                    List<Parked> chosen = chosen(parked);
                    parked.drop(chosen);
                    console.printPlain(chosen.size() + " events dropped");
                }
            }
        }
        return ExitCode.OK;
    }

    private List<Parked> chosen(ParkedEvents parked) {
        List<Parked> listed = parked.list();
        Set<Long> known = listed.stream().map(Parked::position).collect(Collectors.toSet());
        numbers.stream().filter(number -> !known.contains(number)).findFirst().ifPresent(number -> {
            throw new CommandFailure(
                    ExitCode.USAGE, "no event " + number + " was set aside; 'unmask outbox' lists them");
        });
        return listed.stream()
                .filter(event -> all || numbers.contains(event.position()))
                .toList();
    }

    private void list(long waiting, Outbox.Elsewhere elsewhere, List<Parked> parked) throws JsonProcessingException {
        if (format == ResultView.Format.JSON) {
            console.printDocument(new ObjectMapper()
                    .writeValueAsString(Map.of(
                            "waiting",
                            waiting,
                            "waiting_elsewhere",
                            elsewhere.waiting(),
                            "set_aside",
                            parked.stream().map(OutboxCommand::json).toList())));
            return;
        }
        console.printPlain(waiting + " events wait for Kafka, " + parked.size() + " are set aside");
        if (elsewhere.waiting() > 0) {
            console.printPlain(elsewhere.toString());
        }
        parked.forEach(event -> console.printPlain("%6d  %s  %d bytes  %s  %s"
                .formatted(event.position(), event.id(), event.bytes(), event.since(), event.reason())));
    }

    private static Map<String, Object> json(Parked event) {
        return Map.of(
                "number", event.position(),
                "id", event.id(),
                "bytes", event.bytes(),
                "since", event.since().toString(),
                "reason", event.reason());
    }
}
