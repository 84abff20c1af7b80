package io.unmask.detector.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.config.Settings;
import io.unmask.detector.cli.Checkup.Finding;
import io.unmask.detector.cli.Checkup.Health;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unmask doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = "Says of each part whether it works here and, if not, what to do.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:detect can run", "1:something that detect needs does not work"},
        footerHeading = "%nExamples:%n",
        footer = {"  unmask doctor", "  unmask doctor --format json | jq -r '.[] | select(.health != \"ok\")'"})
final class DoctorCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private SettingsOptions settings;

    @Option(names = "--format", paramLabel = "text|json", description = "Lines, or one JSON array; default: text.")
    private ResultView.Format format = ResultView.Format.TEXT;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        Settings effective = settings.load(Map.of());
        List<Finding> findings = new Checkup(effective, settings.verbose() ? console::trace : e -> {}).run(this::show);
        if (format == ResultView.Format.JSON) {
            console.printDocument(new ObjectMapper()
                    .writeValueAsString(
                            findings.stream().map(DoctorCommand::json).toList()));
        }
        return findings.stream().anyMatch(f -> f.health() == Health.BROKEN) ? ExitCode.FAILURE : ExitCode.OK;
    }

    /** At once, since some checks take seconds. */
    private void show(Finding finding) {
        if (format == ResultView.Format.TEXT) {
            String style =
                    switch (finding.health()) {
                        case OK -> "green";
                        case LIMITED -> "yellow";
                        case BROKEN -> "bold,red";
                    };
            console.print("@|" + style + " " + "%-7s".formatted(VerdictLines.name(finding.health())) + "|@  "
                    + "%-12s".formatted(finding.part()) + "  " + Printable.inMarkup(finding.detail()));
        }
    }

    private static Map<String, String> json(Finding finding) {
        return Map.of(
                "part", finding.part(),
                "health", VerdictLines.name(finding.health()),
                "detail", finding.detail());
    }
}
