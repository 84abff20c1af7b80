package io.unmask.samples.mouths;

import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.model.data.FaceCache;
import io.unmask.model.data.Manifest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unmask cut-mouths}. */
@Command(
        name = "cut-mouths",
        description = {
            "Makes a data set of speaking and silent mouths out of videos of talking people, by how much the mouth"
                    + " moves.",
            "An example of labels of one's own: see docs/training.md."
        },
        mixinStandardHelpOptions = true)
public final class CutMouthsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|CSV",
            description = "Videos as for 'unmask train'; those labelled real are used. May be given several times.")
    private List<Path> data;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the clips go; made if missing.")
    private Path out;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "16",
            description = "Frames of a clip, 8 a second; default: ${DEFAULT-VALUE}.")
    private int frames;

    @Override
    public Integer call() {
        if (frames < 4 || frames > 64) {
            throw new ParameterException(spec.commandLine(), "--frames " + frames + ": must be from 4 to 64");
        }
        try {
            Files.createDirectories(out);
            List<Manifest.Row> rows = new ArrayList<>();
            for (Path each : data) {
                Manifest.read(each, List.of("real", "fake")).rows().stream()
                        .filter(row -> row.label().equalsIgnoreCase("real"))
                        .forEach(rows::add);
            }
            MouthClips.Made made = new MouthClips(cache(), frames, out).cut(rows, this::tell);
            PrintWriter console = spec.commandLine().getOut();
            console.printf(
                    "%d clips of speaking and %d of silent mouths of %d persons are in %s, %d persons for validation%n",
                    made.speaking(), made.silent(), made.persons(), out, made.validationPersons());
            console.flush();
            return 0;
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void tell(String skipped) {
        spec.commandLine().getErr().println("unmask: " + skipped);
        spec.commandLine().getErr().flush();
    }

    private FaceCache cache() {
        Settings service = SettingsLoader.ofService()
                .load(SettingsSources.ofProcess(Optional.empty(), Map.of()))
                .settings();
        // The same side and scale as in the cache of a training with the default settings.
        return FaceCache.forTraining(out.resolve("faces"), service, FaceCache.STORED_PX / 2, Manifest.MARGIN_SCALE);
    }
}
