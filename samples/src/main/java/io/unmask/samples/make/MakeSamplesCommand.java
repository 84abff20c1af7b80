package io.unmask.samples.make;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unmask make-samples}. */
@Command(
        name = "make-samples",
        description = "Makes the sample clips: synthetic people talk to a simulated camera, some wear another face.",
        mixinStandardHelpOptions = true)
public final class MakeSamplesCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the clips go; made if missing.")
    private Path out;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed is other people; 1, the default, makes samples/clips.")
    private int seed;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "These clips alone, as in authentic-1,forged-1; default: all.")
    private List<String> only = List.of();

    @Override
    public Integer call() {
        PrintWriter console = spec.commandLine().getOut();
        List<Recipe> recipes = recipes();
        try {
            Files.createDirectories(out);
            SampleMaker maker = new SampleMaker(seed);
            for (Recipe recipe : recipes) {
                Path file = maker.make(recipe, out);
                console.printf("%s: %s, %d kB%n", file, recipe.what(), Files.size(file) / 1000);
                console.flush();
            }
            return 0;
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "--out " + out + ": cannot write clips there: " + e, e);
        }
    }

    private List<Recipe> recipes() {
        if (only.isEmpty()) {
            return Recipe.ALL;
        }
        try {
            return only.stream().map(Recipe::named).toList();
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(spec.commandLine(), "--only: " + unknown.getMessage(), unknown);
        }
    }
}
