package io.unmask.model.score;

import com.google.protobuf.InvalidProtocolBufferException;
import io.unmask.model.runtime.GraphOperations;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.Labels;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A SavedModel with its {@code model.json}, of which the digest, the labels, the layout and the operations have been
 * verified. The digest in {@code model.json} reveals damage but not tampering, since whoever can write the folder can change
 * both; {@link #requireDigest} compares with a digest that is kept elsewhere.
 *
 * @param card what {@code model.json} says
 */
public record ModelDirectory(Path path, ModelCard card) {
    /**
     * Reads and verifies a model directory.
     *
     * @throws ScoringException if it is not whole; the message is one line for the user
     */
    public static ModelDirectory open(Path path) {
        if (!Files.isDirectory(path)) {
            throw new ScoringException("model directory " + path + " does not exist or is no directory");
        }
        for (String name : List.of(ModelCard.FILE, ModelDigest.GRAPH)) {
            if (!Files.isRegularFile(path.resolve(name))) {
                throw new ScoringException(
                        "model directory " + path + " has no " + name + ": it must be one that unmask exported");
            }
        }
        ModelCard card = readCard(path);
        verifyDigest(path, card);
        verifyOperations(path);
        Labels.problem(card.spec().labels()).ifPresent(problem -> {
            throw new ScoringException(path.resolve(ModelCard.FILE) + ": spec.labels = "
                    + card.spec().labels() + ": " + problem);
        });
        return new ModelDirectory(path, card);
    }

    /**
     * The model that ships, unpacked below a cache directory unless it is there and whole. Safe for several processes.
     *
     * @throws ScoringException if this build ships none, or it cannot be unpacked
     */
    public static ModelDirectory packagedDefault(Path cacheDirectory) {
        return PackagedModel.shipped().unpack(cacheDirectory);
    }

    /**
     * Verifies that this is the model that the user means.
     *
     * @throws ScoringException if its digest is another
     */
    public void requireDigest(String expected) {
        if (!card.digest().equals(expected)) {
            throw new ScoringException("model.digest = " + expected + ": the model in " + path + " has the digest "
                    + card.digest() + "; it is another model than the one that was pinned");
        }
    }

    /**
     * Copies the files of the model and no others: a training keeps its faces and its checkpoints beside them.
     *
     * @param folder exists and is empty
     */
    public void copyTo(Path folder) throws IOException {
        List<Path> files = new ArrayList<>(ModelDigest.files(path));
        files.add(path.resolve(ModelCard.FILE));
        if (Files.exists(path.resolve(ModelDigest.WEIGHTS))) {
            files.add(path.resolve(ModelDigest.WEIGHTS));
        }
        for (Path file : files) {
            Path copy = folder.resolve(path.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
    }

    /**
     * How the model's logits become probabilities.
     *
     * @throws ScoringException if the model was never calibrated: its scores mean nothing then
     */
    public Calibration calibration() {
        return card.calibration()
                .orElseThrow(() -> new ScoringException("model " + card.name() + " " + card.version() + " in " + path
                        + " is not calibrated: make one with unmask train, which calibrates it, or choose another"));
    }

    private static ModelCard readCard(Path path) {
        try {
            return ModelCards.read(path);
        } catch (IllegalArgumentException e) {
            throw new ScoringException(e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static void verifyDigest(Path path, ModelCard card) {
        String actual;
        try {
            actual = ModelDigest.of(path);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        if (!actual.equals(card.digest())) {
            throw new ScoringException("model directory " + path + " is damaged or was altered: digest " + actual + ", "
                    + ModelCard.FILE + " says " + card.digest() + ": copy or export it again");
        }
    }

    /** Before TensorFlow sees the graph, since loading already runs a part of it. */
    private static void verifyOperations(Path path) {
        try {
            GraphOperations.forbidden(path.resolve(ModelDigest.GRAPH)).ifPresent(operation -> {
                throw new ScoringException("model directory " + path + " is refused: its graph holds " + operation
                        + ", which does more than compute or is unknown to unmask; use models that unmask train made");
            });
        } catch (InvalidProtocolBufferException e) {
            throw new ScoringException(
                    "model directory " + path + ": " + ModelDigest.GRAPH + " is no SavedModel: copy or export it again",
                    e);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static ScoringException unreadable(Path path, IOException e) {
        String why = e instanceof NoSuchFileException ? "it vanished while it was read" : e.toString();
        return new ScoringException("model directory " + path + " cannot be read: " + why, e);
    }
}
