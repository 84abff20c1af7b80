package io.unmask.detector.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unmask export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Makes a model directory of the weights of one training, or of the mean of several. Nothing is trained.",
            "",
            "The training need not have ended. The model is calibrated as 'train' does it, which needs the data and the",
            "hyper-parameters of the training."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask export --from my-run --data videos/ --out my-model",
            "  unmask export --average run-1 run-2 --data videos/ --calibrate-by fold-01 --out my-model"
        })
final class ExportCommand implements Callable<Integer> {
    private static final int STATISTICS_STEPS = 300;

    private final Console console;
    private final Shutdown shutdown;

    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Weights weights;

    /** Which weights. */
    static final class Weights {
        @Option(
                names = "--from",
                paramLabel = "DIR",
                required = true,
                description = "The folder of a training, a model directory, or 'shipped'.")
        private Optional<Path> one = Optional.empty();

        @Option(
                names = "--average",
                paramLabel = "DIR",
                arity = "2..*",
                required = true,
                description = {
                    "Folders of trainings of one architecture, each from the same start: the mean of their weights.",
                    "The statistics of batch normalisation are estimated anew on batches of the data."
                })
        private List<Path> several = List.of();
    }

    @Option(
            names = "--statistics-steps",
            paramLabel = "N",
            description = "Batches by which the statistics of --average are estimated; default: 300.")
    private Optional<Integer> statisticsSteps = Optional.empty();

    ExportCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.requireFaces(spec.commandLine());
        if (statisticsSteps.isPresent() && weights.one.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "--statistics-steps is for --average: one training has its own statistics");
        }
        int steps = statisticsSteps.orElse(STATISTICS_STEPS);
        if (steps < 1) {
            throw new ParameterException(spec.commandLine(), "--statistics-steps = " + steps + ": must be at least 1");
        }
        List<Path> from = weights.one.map(List::of).orElse(weights.several);
        boolean made = options.run(console, shutdown, from, false, training -> training.export(steps));
        return made ? ExitCode.OK : ExitCode.INTERRUPTED;
    }
}
