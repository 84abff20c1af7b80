package io.unmask.detector.cli;

import io.unmask.config.ForgeSettings;
import io.unmask.config.Settings;
import io.unmask.model.generate.Design;
import io.unmask.model.generate.Forging;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code unmask forge}. */
@Command(
        name = "forge",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Passes authentic faces through the decoders of generators, to train on.",
            "Writes pairs: each face as it is and as a decoder drew it, alike in all else."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask forge --decoder taef2-decoder.safetensors --data videos/ --out forged",
            "  unmask forge --learn nearest-l1 --learn shuffle-critic --data videos/ --out forged",
            "  unmask train --data videos/ --faces forged --out my-model"
        })
final class ForgeCommand implements Callable<Integer> {
    private static final int LINE_EVERY = 100;

    private final Console console;
    private final Shutdown shutdown;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--decoder",
            paramLabel = "FILE",
            description = {
                "NAME-decoder.safetensors of madebyollin/taesd for FLUX.2, with NAME-encoder.safetensors beside it, or",
                "one that --learn left in an earlier --out. Each decoder makes a fake of every face."
            })
    private List<Path> decoders = List.of();

    @Option(
            names = "--learn",
            paramLabel = "DESIGN",
            converter = DesignConverter.class,
            description = {
                "Learn a small decoder from the faces first, left as DESIGN.safetensors in --out. A design is how it",
                "enlarges (nearest, transposed, shuffle), -quantised if its features are, and its loss (-l1, -l2,",
                "-critic), as in shuffle-quantised-l1."
            })
    private List<Design> learn = List.of();

    @Option(
            names = "--data",
            paramLabel = "DIR|CSV",
            required = true,
            description = "Videos and pictures as for 'train'; their authentic faces are taken.")
    private List<Path> data = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "The folder to be, for 'train --faces'.")
    private Path out;

    @Option(names = "--cache", paramLabel = "DIR", description = "Faces cut out of videos; default: cache of --out.")
    private Optional<Path> cache = Optional.empty();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Settings, as in forge.yaml.")
    private Optional<Path> file = Optional.empty();

    @Option(names = "-D", paramLabel = "KEY=VALUE", description = "Set any setting, as in -D per-person=1.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Mixin
    @SuppressWarnings("unused") // Failures asks picocli for it
    private VerboseOption verbose;

    @Option(names = "--reference", description = "Print a Markdown table of all settings.", help = true)
    private boolean reference;

    ForgeCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() {
        if (reference) {
            console.printDocument(ForgeSettings.loader().referenceTable());
            return ExitCode.OK;
        }
        if (decoders.isEmpty() && learn.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no decoder to draw with: give --decoder or --learn");
        }
        ForgeSettings settings = SettingsOptions.read(ForgeSettings.loader(), file, overrides);
        Settings service = SettingsOptions.cuttingAt(settings.sampleFps());
        shutdown.willBeAsked();
        Forging.Context context = new Forging.Context(
                service, cache.orElse(out.resolve("cache")), new ProgressLines(), shutdown::isRequested);
        try {
            int faces = new Forging(new Forging.Request(decoders, learn, data, out), settings, context).run();
            console.endProgress();
            int drawers = decoders.size() + learn.size();
            console.printPlain(out.resolve("manifest.csv") + ": " + faces + " authentic faces, each drawn by " + drawers
                    + (drawers == 1 ? " decoder" : " decoders"));
        } catch (InterruptedException e) {
            return ExitCode.INTERRUPTED;
        } catch (IOException e) {
            throw CommandFailure.of(e);
        }
        return shutdown.isRequested() ? ExitCode.INTERRUPTED : ExitCode.OK;
    }

    /** Shows progress: on a terminal one line that is redrawn, elsewhere a line every so often. */
    private final class ProgressLines implements Forging.Progress {
        @Override
        public void skipped(String file) {
            console.note(file + "; left out");
        }

        @Override
        public void learnt(String decoder, long step, long steps, double distance) {
            tell("learning %s: step %d of %d  distance %.4f".formatted(decoder, step, steps, distance), step, steps);
        }

        @Override
        public void drawn(int faces, int of) {
            tell("drawing faces: %d of %d".formatted(faces, of), faces, of);
        }

        private void tell(String line, long done, long of) {
            if (console.progressPossible()) {
                console.progress(line);
            } else if (done % LINE_EVERY == 0 || done == of) {
                console.note(line);
            }
        }
    }

    private static final class DesignConverter implements ITypeConverter<Design> {
        @Override
        public Design convert(String name) {
            return Design.of(name)
                    .orElseThrow(() -> new TypeConversionException("there is no design " + name + "; there are "
                            + Design.all().stream().map(Design::name).collect(Collectors.joining(", "))));
        }
    }
}
