package io.unmask.detector.cli;

import io.unmask.detector.serve.LabelStore;
import io.unmask.detector.serve.ReviewQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unmask labels}. */
@Command(
        name = "labels",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = "Exports what people said of suspect faces on the page of 'serve'.",
        synopsisSubcommandLabel = "COMMAND")
final class LabelsCommand implements Runnable {
    private final Console console;

    @Spec
    private CommandSpec spec;

    LabelsCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given; use 'unmask labels export FOLDER'");
    }

    /** {@code unmask labels export}. */
    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            versionProvider = Versions.class,
            description = {
                "Writes the faces that people called real or fake, and a manifest, into a new folder for 'unmask train"
                        + " --data'.",
                "Faces of one stream are one group, so that training does not meet them on both sides of its split."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  unmask labels export labelled", "  unmask train --data labelled --from shipped --out my-model"
            })
    int export(
            @Mixin SettingsOptions settings,
            @Parameters(paramLabel = "FOLDER", description = "New, or empty.") Path folder)
            throws IOException {
        requireEmpty(folder);
        LabelStore labels = new LabelStore(settings.load(Map.of()).dataDirectory());
        if (labels.all().stream().allMatch(label -> label.answer() == ReviewQueue.Answer.CANNOT_TELL)) {
            throw new CommandFailure("there are no labels yet; label faces on the page of 'unmask serve' first");
        }
        int pictures = labels.export(folder);
        console.printPlain(folder.resolve("manifest.csv") + ": " + pictures + " pictures");
        return ExitCode.OK;
    }

    private void requireEmpty(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.findAny().isPresent()) {
                throw new CommandFailure(ExitCode.USAGE, folder + ": must be a new folder or an empty one");
            }
        }
    }
}
