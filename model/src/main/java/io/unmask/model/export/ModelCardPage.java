package io.unmask.model.export;

import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeMap;

/** Writes {@code MODEL_CARD.md}: what {@code model.json} says, for people. */
public final class ModelCardPage {
    public static final String FILE = "MODEL_CARD.md";

    private ModelCardPage() {}

    public static void write(ModelCard card, Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), text(card));
    }

    /** Adds what the models that had left tools, persons and origins out were worth on these. */
    public static void append(List<String> table, Path folder) throws IOException {
        Files.writeString(
                folder.resolve(FILE),
                "\n## On tools, people and cameras that were left out\n\n" + String.join("\n", table) + "\n",
                StandardOpenOption.APPEND);
    }

    static String text(ModelCard card) {
        var page = new StringBuilder("# " + card.name() + " " + card.version() + "\n\n");
        page.append("Tells ")
                .append(String.join(", ", card.spec().labels()))
                .append(" faces apart: clips of ")
                .append(card.spec().clipFrames())
                .append(" face crops of ")
                .append(card.spec().inputSize())
                .append(" px, ")
                .append(card.spec().sampleFps())
                .append(" a second, architecture `")
                .append(card.spec().architecture())
                .append("`, digest `")
                .append(card.digest())
                .append("`.\n\n");
        new TreeMap<>(card.facts()).forEach((name, text) -> page.append("**")
                .append(name)
                .append(".** ")
                .append(text)
                .append("\n\n"));
        card.calibration()
                .ifPresent(calibration -> append(page, calibration, card.spec().detects()));
        card.outOfDistribution()
                .ifPresent(unlike -> page.append(
                        "Beyond a distance of %.3f from the training faces, of which 1 is the mean of theirs, a face is out of distribution; %.1f %% of the faces of set `%s` were.%n%n"
                                .formatted(unlike.limit(), 100 * unlike.rate(), unlike.setDigest())));
        page.append("## Metrics\n\n| metric | value |\n|---|---|\n");
        new TreeMap<>(card.metrics()).forEach((name, value) -> page.append("| %s | %.4f |%n".formatted(name, value)));
        page.append("\n## Training\n\nSeed ")
                .append(card.seed())
                .append(", manifests' digest `")
                .append(card.trainingDigest())
                .append("`, code ")
                .append(card.codeVersion())
                .append(".\n\n| setting | value |\n|---|---|\n");
        new TreeMap<>(card.settings()).forEach((name, value) -> page.append("| %s | %s |%n".formatted(name, value)));
        return page.toString();
    }

    private static void append(StringBuilder page, Calibration c, boolean ofDetector) {
        page.append("## Calibration\n\n")
                .append("By %s on %s, set `%s`: temperature %.3f, bias %.3f.%n%n"
                        .formatted(c.method(), c.date(), c.setDigest(), c.temperature(), c.bias()))
                .append((ofDetector
                                ? "From a `p_fake` of %.3f on a face is called fake; %.1f %% of the authentic faces of"
                                        + " that set were.%n"
                                : "A label is chosen from a probability of %.3f on; %.1f %% of the clips of that set"
                                        + " got a wrong one.%n")
                        .formatted(c.threshold(), 100 * c.expectedFpr()))
                .append(
                        "Expected calibration error %.3f, Brier score %.3f; one face's logit varies by %.3f (deviation)%n"
                                .formatted(c.ece(), c.brier(), c.spread()))
                .append("between moments and encodings of its video.\n\n");
    }
}
