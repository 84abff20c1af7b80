package io.unmask.detector.cli;

import io.unmask.config.Daemons;
import io.unmask.config.Settings;
import io.unmask.detector.evaluate.Evaluation;
import io.unmask.detector.evaluate.Measure;
import io.unmask.detector.evaluate.NothingJudgedException;
import io.unmask.detector.evaluate.Split;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.run.WholeFile;
import io.unmask.model.evaluate.Bootstrap;
import io.unmask.model.evaluate.EvaluationReport;
import io.unmask.model.evaluate.LabelReport;
import io.unmask.model.evaluate.Trial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unmask evaluate}. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Measures a model on labelled videos or face crops.",
            "Each video is judged as 'unmask detect' judges it, by the face that is seen longest. Still pictures in --data"
                    + " are not judged, as 'unmask detect' judges none."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:something was judged",
            "1:failure: a manifest, the model or a tool",
            "2:usage or settings",
            "3:nothing could be judged",
            "130:stopped by Ctrl-C; faces that were cut are kept"
        },
        footerHeading = "%nData:%n",
        footer = {
            "  As for 'unmask train': a folder with real/ and fake/ below it, or a",
            "  manifest.csv with the columns path, label (real, fake) and, as far as",
            "  known, group or person, method, split. A group without a split is given",
            "  one by its name, one in five to validation. --split all measures everything:",
            "  give it when the model learnt from none of the data. A model with labels of",
            "  its own is measured on data with these labels, by accuracy and by each",
            "  label's recall.",
            "",
            "Ladder:",
            "  Videos are encoded anew as a whole by the program ffmpeg, which must be on",
            "  the PATH, with libx264, preset medium: CRF 23, 32, 40, and half size at CRF",
            "  23. Face crops become JPEG of quality 40, and half size as JPEG of quality",
            "  75.",
            "",
            "Examples:",
            "  unmask evaluate --data videos/ --split all --out result",
            "  unmask evaluate --data videos/ --model my-model --ladder --out result",
            "  unmask evaluate --faces crops/ --format json | jq .sections[0].all.metrics"
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final int REPLICATES = 1000;
    private static final double CONFIDENCE = 0.95;
    private static final int STOP_SECONDS = 20;

    private final Console console;
    private final Shutdown shutdown;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions settings;

    @Mixin
    private FaceOptions faces;

    @Option(names = "--model", paramLabel = "DIR", description = "Measure this model instead of the one that ships.")
    private Optional<Path> model = Optional.empty();

    @Option(
            names = "--split",
            paramLabel = "validation|test|train|all",
            description = "The part of the data to measure; default: validation.")
    private Split split = Split.VALIDATION;

    @Option(names = "--ladder", description = "Measure everything re-encoded as well, see below; takes long.")
    private boolean ladder;

    @Option(names = "--out", paramLabel = "DIR", description = "Write report.html and report.json into this folder.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--format", paramLabel = "text|json", description = "A table, or report.json; default: text.")
    private ResultView.Format format = ResultView.Format.TEXT;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of the bootstrap; default: 1.")
    private long seed;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description = "Faces cut out of videos; default: faces in the data directory.")
    private Optional<Path> cache = Optional.empty();

    EvaluateCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        faces.require(spec.commandLine(), "measure");
        shutdown.willBeAsked();
        Settings effective = settings.load(model.map(directory ->
                        Map.of("model.directory", directory.toAbsolutePath().toString()))
                .orElse(Map.of()));
        ServingModel serving = ServingModel.open(effective, Clock.systemUTC());
        try {
            if (out.isPresent()) {
                Files.createDirectories(out.get());
            }
            return serving.card().spec().detects() ? measureDetector(serving) : measureLabels(serving);
        } catch (NothingJudgedException e) {
            throw new CommandFailure(ExitCode.NOTHING_JUDGED, e.getMessage(), e);
        } catch (IOException e) {
            throw CommandFailure.of(e);
        }
    }

    private int measureDetector(ServingModel serving) throws IOException, InterruptedException {
        var trial = judge(serving, new Measure.OfDetector(serving.directory().calibration()));
        if (trial.isEmpty()) {
            return ExitCode.INTERRUPTED;
        }
        EvaluationReport report = EvaluationReport.of(
                serving.card(),
                threshold(serving),
                LocalDate.now(ZoneOffset.UTC),
                new Bootstrap(REPLICATES, CONFIDENCE, seed),
                trial.get());
        return tell(trial.get(), report.json(), report.html(), EvaluationTable.lines(report));
    }

    private int measureLabels(ServingModel serving) throws IOException, InterruptedException {
        var measure = new Measure.OfLabels(
                serving.card().spec().labels(), serving.directory().calibration(), threshold(serving));
        var trial = judge(serving, measure);
        if (trial.isEmpty()) {
            return ExitCode.INTERRUPTED;
        }
        LabelReport report =
                LabelReport.of(serving.card(), threshold(serving), LocalDate.now(ZoneOffset.UTC), trial.get());
        return tell(trial.get(), report.json(), report.html(), EvaluationTable.lines(report));
    }

    private static double threshold(ServingModel serving) {
        return serving.rules().policy().threshold().pFake();
    }

    private <S extends Trial.Judged> Optional<Trial<S>> judge(ServingModel serving, Measure<S> measure)
            throws IOException, InterruptedException {
        ExecutorService cutters = Executors.newFixedThreadPool(
                Runtime.getRuntime().availableProcessors(), Daemons.named("unmask-cutter"));
        try (var progress = new EvaluateProgress(console)) {
            var evaluation = new Evaluation<>(
                    new Evaluation.Request(faces.videos(), faces.faces(), split, ladder, line()),
                    measure,
                    new Evaluation.Subject(serving.card().spec(), serving.rules(), serving.settings()),
                    new Evaluation.Context(
                            cache.orElse(serving.settings().dataDirectory().resolve("faces")),
                            cutters,
                            progress,
                            shutdown::isRequested));
            try (var scorer = serving.load()) {
                return evaluation.run(scorer);
            }
        } finally {
            cutters.shutdownNow();
            // Waits, so that neither ffmpeg nor half a file outlives the run.
            if (!cutters.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                console.note("a video is still being read; the command ends without waiting for it");
            }
        }
    }

    /** The command, quoted for a shell, for the report. Users pass reports on, so secrets are left out. */
    private String line() {
        return spec.root().name()
                + ' '
                + spec.commandLine().getParseResult().originalArgs().stream()
                        .map(word -> word.replaceFirst("(?s)^((-D=?)?kafka\\.properties[^=]*=).*", "$1(secret)"))
                        .map(word -> word.matches("[\\w./:=,-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" "));
    }

    private int tell(Trial<?> trial, String json, String html, List<String> table) {
        trial.unjudged()
                .forEach(file -> console.note(
                        "not judged: %s, %s: %s: %s".formatted(file.set(), file.condition(), file.file(), file.why())));
        if (format == ResultView.Format.JSON) {
            console.printDocument(json.stripTrailing());
        } else {
            table.forEach(console::printPlain);
        }
        if (out.isPresent()) {
            write(out.get().resolve("report.json"), json);
            write(out.get().resolve("report.html"), html);
            if (format == ResultView.Format.TEXT) {
                console.note("report.html and report.json are in " + out.get());
            }
        }
        return ExitCode.OK;
    }

    private static void write(Path file, String text) {
        try {
            WholeFile.write(
                    file, to -> to.write(text.getBytes(StandardCharsets.UTF_8)), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw CommandFailure.ofWriting(file, e);
        }
    }
}
