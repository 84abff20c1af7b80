package io.unmask.detector.cli;

import io.unmask.config.TrainSettings;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unmask train}. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = "Trains a detector on your own videos or pictures and writes its model directory.",
        footerHeading = "%nData:%n",
        footer = {
            "  A folder with real/ and fake/ below it, or a manifest.csv with the columns path, label (real, fake)"
                    + " and,",
            "  as far as known, group or person, method (the tool), from (the site or camera), fold, split (train,",
            "  validation), weight. Without fakes, forgeries are made from the authentic faces.",
            "",
            "Beside the model, --out holds metrics.jsonl and an event file: tensorboard --logdir my-model",
            "",
            "Examples:",
            "  unmask train --data videos/ --out my-model",
            "  unmask train --data videos/ --out my-model --resume",
            "  unmask train --data videos/ --out my-model --from shipped -D learning-rate=0.0002 -D steps=800",
            "  unmask detect --model my-model clip.mp4"
        })
final class TrainCommand implements Callable<Integer> {
    private final Console console;
    private final Shutdown shutdown;

    @Mixin
    private TrainingOptions options = new TrainingOptions();

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "DIR|shipped",
            description =
                    "Start from the weights of this model, or of the one that ships; of several, from their mean.")
    private List<Path> from = List.of();

    @Option(
            names = "--resume",
            description = "Go on from the checkpoint in --out; give the options and settings that it began with.")
    private boolean resume;

    @Option(
            names = "--self-blend",
            description = "Learn only from forgeries that are made here, even if there are fakes.")
    private boolean selfBlend;

    @Option(
            names = "--sheet",
            paramLabel = "PNG",
            description = "Draw the first batch as the network sees it, and stop.")
    private Optional<Path> sheet = Optional.empty();

    @Option(names = "--reference", description = "Print a Markdown table of all hyper-parameters.", help = true)
    private boolean reference;

    TrainCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (reference) {
            console.printDocument(TrainSettings.loader().referenceTable());
            return ExitCode.OK;
        }
        options.requireFaces(spec.commandLine());
        if (selfBlend) {
            options.override("self-blend-share", "1");
        }
        boolean made = options.run(console, shutdown, from, resume, this::train);
        return made || (sheet.isPresent() && !shutdown.isRequested()) ? ExitCode.OK : ExitCode.INTERRUPTED;
    }

    private Optional<ModelCard> train(Training training) throws IOException, InterruptedException {
        if (sheet.isPresent()) {
            training.sheet(sheet.get());
            return Optional.empty();
        }
        Optional<ModelCard> made = training.run();
        if (made.isEmpty()) {
            console.note("stopped: --resume goes on, and 'unmask export' makes a model of what was learnt until now");
        }
        return made;
    }
}
