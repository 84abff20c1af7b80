package io.unmask.model.score;

import io.unmask.config.PrivateFiles;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model on the class path: TensorFlow reads files only, so it is unpacked once and then found by its digest.
 *
 * @param resources opens a file by its relative name; null when there is none
 */
record PackagedModel(Function<String, InputStream> resources) {
    private static final Logger log = LoggerFactory.getLogger(PackagedModel.class);
    private static final String ROOT = "/io/unmask/model/default/";

    private static final String UNPACKING = "unpacking-";
    private static final Duration LONGEST_UNPACKING = Duration.ofDays(1);

    private static final List<String> FILES = List.of(ModelCard.FILE, ModelDigest.GRAPH);

    /**
     * Files that a model may have. Our exporter writes the weights into the graph, as constants, and into a file beside it, for
     * further training; other exporters may keep them as variables.
     */
    private static final List<String> IF_THERE = List.of(
            ModelDigest.WEIGHTS,
            ModelDigest.VARIABLES + "/variables.index",
            ModelDigest.VARIABLES + "/variables.data-00000-of-00001");

    static PackagedModel shipped() {
        return new PackagedModel(name -> PackagedModel.class.getResourceAsStream(ROOT + name));
    }

    /**
     * Unpacks the model into {@code cache/<digest>}, unless it is there, and opens it. It is written beside that folder and
     * moved, so that no reader meets half a model.
     *
     * @throws ScoringException if this build ships none, or it cannot be unpacked
     */
    ModelDirectory unpack(Path cache) {
        try {
            byte[] card = read(ModelCard.FILE);
            String text = new String(card, StandardCharsets.UTF_8);
            Path target =
                    cache.resolve(ModelCards.parse(text, ROOT + ModelCard.FILE).digest());
            Optional<ModelDirectory> whole = whole(target, card);
            if (whole.isPresent()) {
                return whole.get();
            }
            write(target, card);
            return ModelDirectory.open(target);
        } catch (IOException e) {
            throw new ScoringException(
                    "the model that ships cannot be unpacked into " + cache + " (" + e
                            + "): set data-directory to a folder that can be written, on a disk with room",
                    e);
        }
    }

    private void write(Path target, byte[] card) throws IOException {
        Files.createDirectories(target.getParent());
        PrivateFiles.deleteLeftovers(
                target.getParent(), UNPACKING, Instant.now().minus(LONGEST_UNPACKING));
        Path fresh = Files.createTempDirectory(target.getParent(), UNPACKING);
        try {
            for (String name : FILES) {
                Files.write(fresh.resolve(name), read(name));
            }
            for (String name : IF_THERE) {
                try (InputStream in = resources.apply(name)) {
                    if (in != null) {
                        Files.createDirectories(fresh.resolve(name).getParent());
                        Files.copy(in, fresh.resolve(name));
                    }
                }
            }
            replace(fresh, target, card);
        } finally {
            PrivateFiles.delete(fresh);
        }
    }

    private byte[] read(String name) throws IOException {
        try (InputStream in = resources.apply(name)) {
            if (in == null) {
                throw new ScoringException(
                        "no model ships with this build (" + ROOT + name + " is missing): set model.directory");
            }
            return in.readAllBytes();
        }
    }

    /** @param card what {@code model.json} must hold: the same graph may have been calibrated anew */
    private static Optional<ModelDirectory> whole(Path directory, byte[] card) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try {
            ModelDirectory model = ModelDirectory.open(directory);
            byte[] there = Files.readAllBytes(directory.resolve(ModelCard.FILE));
            return Arrays.equals(there, card) ? Optional.of(model) : Optional.empty();
        } catch (ScoringException e) {
            log.warn("{}: unpacking the model again", e.getMessage());
            return Optional.empty();
        }
    }

    private static void replace(Path fresh, Path target, byte[] card) throws IOException {
        try {
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // A copy is there: another process's, which was quicker, or a damaged one.
            if (whole(target, card).isEmpty()) {
                PrivateFiles.delete(target);
                Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }
}
