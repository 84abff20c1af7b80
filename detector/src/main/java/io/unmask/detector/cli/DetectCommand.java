package io.unmask.detector.cli;

import io.unmask.config.Settings;
import io.unmask.detector.run.DetectRun;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceList;
import io.unmask.ingest.decode.SourceUri;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unmask detect}. */
@Command(
        name = "detect",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Judges every face of every source and publishes the verdicts to Kafka.",
            "The verdicts shown are those that Kafka gave back."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:something was judged",
            "1:failure: all sources, the model or the delivery",
            "2:usage or settings",
            "3:nothing could be judged",
            "4:a face's last verdict is the one that --fail-on names",
            "5:partly: something was judged, but a source was not, or not to its end",
            "130:stopped by Ctrl-C before the end of a video; what did not arrive is kept"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask detect interview.mp4",
            "  unmask detect --report report.html uploads/ extra.mov",
            "  unmask detect --format json rtsp://camera.example/door | jq .data.verdict",
            "  unmask detect --no-publish --fail-on fake upload.mp4 || echo rejected",
            "  unmask detect -D clip.hop=4 -D verdict.evidence=true webcam:0"
        })
final class DetectCommand implements Callable<Integer> {
    private final Console console;
    private final Shutdown shutdown;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions settings;

    @Parameters(
            paramLabel = "SOURCE",
            arity = "1..*",
            description = "A video file, a folder of them, a URL (rtsp, rtmp, udp, http), webcam:0 or screen: (X11).")
    private List<String> sources;

    @Option(
            names = "--format",
            paramLabel = "text|json",
            description = "A table, or one CloudEvent a line; default: text.")
    private ResultView.Format format = ResultView.Format.TEXT;

    @Option(names = "--no-publish", description = "Do not use Kafka: only show the verdicts.")
    private boolean unpublished;

    @Option(
            names = {"-b", "--bootstrap-servers"},
            paramLabel = "HOST:PORT,...",
            description = "Publish to this Kafka instead of the embedded broker.")
    private Optional<String> bootstrapServers = Optional.empty();

    @Option(
            names = "--fail-on",
            paramLabel = "fake|LABEL",
            description =
                    "Exit with 4 when a face is judged fake or, by a model with labels of its own, gets this label.")
    private Optional<String> failOn = Optional.empty();

    @Option(names = "--report", paramLabel = "FILE", description = "Write one self-contained HTML file about the run.")
    private Optional<Path> report = Optional.empty();

    @Option(names = "--model", paramLabel = "DIR", description = "Judge with this model instead of the one that ships.")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--threshold",
            paramLabel = "P",
            description = {
                "Call a face fake from this p_fake on; default: the model's calibrated threshold.",
                "A model with labels of its own gives a label whose interval lies from this p on; default: 0.5."
            })
    private Optional<Double> threshold = Optional.empty();

    DetectCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws Exception {
        Settings effective = settings.load(overrides());
        SourceList expanded = expand();
        int entries = expanded.sources().size() + expanded.skipped().size();
        ResultView view = ResultView.ofRun(format, console, entries);
        boolean endless = expanded.sources().stream().anyMatch(SourceUri::isLive);
        try (DetectProgress progress =
                DetectProgress.on(console, expanded.sources().size(), endless)) {
            DetectRun run = new DetectRun(
                    new DetectRun.Request(effective, expanded, !unpublished, report, failOn, Versions.unmask()),
                    new DetectLines(console, view, progress, shutdown));
            shutdown.onRequest(run::stop);
            DetectRun.Result result = run.run();
            view.end();
            if (format == ResultView.Format.TEXT) {
                result.summary().ifPresent(console::note);
            }
            if (settings.verbose()) {
                StageSummary.of(run.meters()).forEach(console::note);
            }
            return exitCode(result);
        }
    }

    private int exitCode(DetectRun.Result result) {
        boolean cutShort = shutdown.isRequested() && !console.outClosed() && result.cutShort();
        return result.documented() && cutShort ? ExitCode.INTERRUPTED : ExitCode.of(result, failOn);
    }

    private Map<String, String> overrides() {
        Map<String, String> overrides = new LinkedHashMap<>();
        bootstrapServers.ifPresent(value -> overrides.put("kafka.bootstrap-servers", value));
        // Relative to the working folder, not to a settings file.
        model.ifPresent(
                value -> overrides.put("model.directory", value.toAbsolutePath().toString()));
        threshold.ifPresent(value -> overrides.put("verdict.threshold", value.toString()));
        return overrides;
    }

    /** Refuses a word that is no source, and fails when nothing is left to judge, as in a folder without videos. */
    private SourceList expand() {
        SourceList list;
        try {
            list = SourceList.of(sources);
        } catch (SourceException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (list.sources().isEmpty()) {
            List<String> troubles = list.skipped().stream()
                    .filter(SourceList.Skipped::trouble)
                    .map(SourceList.Skipped::reason)
                    .toList();
            troubles.subList(0, troubles.size() - 1).forEach(console::error);
            throw new CommandFailure(troubles.get(troubles.size() - 1));
        }
        return list;
    }
}
