package io.unmask.samples.damage;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unmask damage}. */
@Command(
        name = "damage",
        description = "Writes damaged variants of a video: truncated, bit-flipped, spliced and more; seeded.",
        mixinStandardHelpOptions = true)
public final class DamageCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--source", required = true, paramLabel = "FILE", description = "The video; it is only read.")
    private Path source;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where they go; made if missing.")
    private Path out;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "500",
            description = "Damaged videos to make; default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the damage; the same seed makes the same videos; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Override
    public Integer call() {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count " + count + ": must be 1 or more");
        }
        Iterator<Variants.Variant> variants = variants(read());
        try {
            Files.createDirectories(out);
            while (variants.hasNext()) {
                Variants.Variant variant = variants.next();
                Files.write(out.resolve(variant.name()), variant.bytes());
            }
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "--out " + out + ": cannot write variants there: " + e, e);
        }
        PrintWriter console = spec.commandLine().getOut();
        console.printf("%d damaged variants of %s are in %s%n", count, source, out);
        console.flush();
        return 0;
    }

    private byte[] read() {
        try {
            return Files.readAllBytes(source);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "--source " + source + ": cannot be read: " + e, e);
        }
    }

    private Iterator<Variants.Variant> variants(byte[] video) {
        String name = source.getFileName().toString();
        String extension = name.contains(".") ? name.substring(name.lastIndexOf('.')) : "";
        try {
            return Variants.of(video, extension, count, seed).iterator();
        } catch (IllegalArgumentException unfit) {
            throw new ParameterException(spec.commandLine(), "--source " + source + ": " + unfit.getMessage(), unfit);
        }
    }
}
