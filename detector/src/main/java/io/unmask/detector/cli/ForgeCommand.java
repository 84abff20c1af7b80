package io.unmask.detector.cli;

import io.unmask.config.ForgeSettings;
import io.unmask.config.LoadedSettings;
import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
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
            "Passes authentic faces through decoders of generators and writes pairs of both to train on, which differ in",
            "nothing but what the decoder drew."
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
                "one that --learn left in an earlier --out. Several make a fake each of every face."
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

    @Option(
            names = {"-v", "--verbose"},
            description = "Show stack traces of failures.")
    @SuppressWarnings("unused") // Failures asks picocli for it
    private boolean verbose;

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
            throw new ParameterException(spec.commandLine(), "nothing to draw by: give --decoder or --learn");
        }
        ForgeSettings settings = load(ForgeSettings.loader(), file, overrides).settings();
        Settings service = load(
                        SettingsLoader.ofService(),
                        Optional.empty(),
                        Map.of("source.sample-fps", Double.toString(settings.sampleFps())))
                .settings();
        Forging.Context context =
                new Forging.Context(service, cache.orElse(out.resolve("cache")), new Told(), shutdown::isRequested);
        try {
            int faces = new Forging(new Forging.Request(decoders, learn, data, out), settings, context).run();
            console.endProgress();
            int drawers = decoders.size() + learn.size();
            console.printPlain(out.resolve("manifest.csv") + ": " + faces + " authentic faces, each drawn by " + drawers
                    + (drawers == 1 ? " decoder" : " decoders"));
        } catch (IOException e) {
            throw CommandFailure.of(e);
        }
        return shutdown.isRequested() ? ExitCode.INTERRUPTED : ExitCode.OK;
    }

    private static <R extends Record> LoadedSettings<R> load(
            SettingsLoader<R> loader, Optional<Path> file, Map<String, String> overrides) {
        try {
            return loader.load(SettingsSources.ofProcess(file, overrides));
        } catch (SettingsException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage(), e);
        }
    }

    /** A line that is redrawn on a terminal, else one every so often. */
    private final class Told implements Forging.Progress {
        @Override
        public void skipped(String file) {
            console.note("no face in " + file + ": left out");
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
