package io.unmask.detector.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.unmask.config.PrivateFiles;
import io.unmask.config.Settings;
import io.unmask.config.Sha256;
import io.unmask.model.score.DjlClipScorer;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.score.ScoringException;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The models that are installed in the data directory, and the role that each has in a running service. Several processes
 * may use it at once: the roles are one small file that is replaced as a whole, and a service reads it from time to time.
 */
public final class ModelShelf {
    /** Names the model of the settings, which need not be installed. */
    public static final String CONFIGURED = "configured";

    private static final int ID_CHARACTERS = 12;
    private static final String ID = "[0-9a-f]{" + ID_CHARACTERS + "}";
    private static final String INSTALLING = "installing-";
    private static final Duration LONGEST_COPY = Duration.ofHours(1);
    private static final double LARGEST_DISAGREEMENT = 1e-3;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
            .build();

    private final Path folder;

    /**
     * Which model has which role.
     *
     * @param serving the model whose verdicts count
     * @param previous the model that served before, to which a service can be rolled back
     * @param shadow the model that judges the same clips for comparison only
     */
    public record Standing(String serving, Optional<String> previous, Optional<String> shadow) {

        /** The role of a model; empty when it has none. */
        public Optional<String> roleOf(String id) {
            if (serving.equals(id)) {
                return Optional.of("serving");
            }
            if (shadow.filter(id::equals).isPresent()) {
                return Optional.of("shadow");
            }
            return previous.filter(id::equals).map(same -> "previous");
        }
    }

    /** An installed model. */
    public record Installed(String id, ModelCard card) {}

    public ModelShelf(Path dataDirectory) {
        folder = dataDirectory.resolve("installed-models");
    }

    /** The roles in force. The model of the settings serves until another one is promoted. */
    public Standing standing() {
        Path file = file();
        try {
            return Files.exists(file)
                    ? MAPPER.readValue(file.toFile(), Standing.class)
                    : new Standing(CONFIGURED, Optional.empty(), Optional.empty());
        } catch (IOException e) {
            throw new RunException.Failed(
                    file + ": cannot be read: " + e.getMessage() + "; remove it to begin anew", e);
        }
    }

    /**
     * All installed models, sorted by id, except those of {@link #unreadable}. Only their cards are read; {@link #open}
     * verifies the rest.
     */
    public List<Installed> list() {
        return ids().stream()
                .flatMap(id -> card(id).map(card -> new Installed(id, card)).stream())
                .toList();
    }

    /** Ids of the installed models whose cards cannot be read. */
    public List<String> unreadable() {
        return ids().stream().filter(id -> card(id).isEmpty()).toList();
    }

    private List<String> ids() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .filter(id -> id.matches(ID))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new RunException.Failed(folder + " cannot be read: " + e, e);
        }
    }

    private Optional<ModelCard> card(String id) {
        try {
            return Optional.of(ModelCards.read(folder.resolve(id)));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The verified folder of an installed model. */
    public ModelDirectory open(String id) {
        return ModelDirectory.open(folder.resolve(id));
    }

    /**
     * Verifies a model, copies it into the data directory and makes it the shadow. Its files must have their digests, its
     * operations must only compute, it must be calibrated, fit the settings and cut faces like the model of the settings,
     * and its parts must agree on a sample clip.
     *
     * @throws RunException.Refused when one of these does not hold, or the model serves already
     */
    public Installed install(Path source, Settings settings) {
        ModelDirectory model = verified(source, settings);
        try {
            PrivateFiles.createDirectories(folder);
            PrivateFiles.deleteLeftovers(folder, INSTALLING, Instant.now().minus(LONGEST_COPY));
            String id = Sha256.of(source.resolve(ModelCard.FILE)).substring(0, ID_CHARACTERS);
            if (!isWhole(id)) {
                copy(model, folder.resolve(id));
            }
            Standing now = standing();
            if (now.serving().equals(id)) {
                throw new RunException.Refused("model " + id + " serves already");
            }
            write(new Standing(now.serving(), now.previous(), Optional.of(id)));
            return new Installed(id, model.card());
        } catch (IOException e) {
            throw new RunException.Failed("model " + model.path() + " cannot be installed in " + folder + ": " + e, e);
        }
    }

    /** Copies into a temporary folder and moves that into place, so that no process reads half a model. */
    private void copy(ModelDirectory model, Path target) throws IOException {
        Path fresh = Files.createTempDirectory(folder, INSTALLING);
        try {
            model.copyTo(fresh);
            // Verifies the copy, which a bad disk may have damaged.
            ModelDirectory.open(fresh);
            PrivateFiles.delete(target);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            PrivateFiles.delete(fresh);
        }
    }

    private boolean isWhole(String id) {
        try {
            open(id);
            return true;
        } catch (ScoringException e) {
            return false;
        }
    }

    /**
     * Checks that a model can judge the same clips as the model of the settings.
     *
     * @param model names the model in the message
     * @throws RunException.Refused when it cannot
     */
    public static void requireFit(ModelSpec spec, String model, Settings settings) {
        ServingModel.requireFit(spec, model, settings);
        ModelSpec inForce = ServingModel.directory(settings).card().spec();
        if (spec.inputSize() != inForce.inputSize() || spec.cropScale() != inForce.cropScale()) {
            throw new RunException.Refused(("%s wants faces of %d px at a scale of %s, the model of the settings %d px"
                            + " at %s: it cannot judge the same clips; set model.directory and restart")
                    .formatted(model, spec.inputSize(), spec.cropScale(), inForce.inputSize(), inForce.cropScale()));
        }
    }

    private static ModelDirectory verified(Path source, Settings settings) {
        try {
            ModelDirectory model = ModelDirectory.open(source);
            settings.model().digest().ifPresent(model::requireDigest);
            requireFit(model.card().spec(), "the model in " + source, settings);
            model.calibration();
            try (DjlClipScorer scorer =
                    DjlClipScorer.open(model, settings.model().threads())) {
                double disagreement = scorer.disagreement();
                if (!(disagreement <= LARGEST_DISAGREEMENT)) {
                    throw new RunException.Refused("model " + source + ": its parts disagree by a logit of "
                            + disagreement + " on the same clip; export it again");
                }
            }
            return model;
        } catch (ScoringException e) {
            throw new RunException.Refused(e.getMessage(), e);
        }
    }

    /**
     * Makes a model the one whose verdicts count.
     *
     * @param id of an installed model, or {@link #CONFIGURED}; when absent, the shadow is promoted
     * @throws RunException.Refused when there is no such model, or a service with these settings could not start with it
     */
    public Standing promote(Optional<String> id, Settings settings) {
        Standing now = standing();
        String chosen = id.or(now::shadow)
                .orElseThrow(
                        () -> new RunException.Refused("no model is a shadow; install one, or name one to promote"));
        if (!chosen.equals(CONFIGURED) && !(chosen.matches(ID) && Files.isDirectory(folder.resolve(chosen)))) {
            throw new RunException.Refused(
                    "no model " + chosen + " is installed; 'unmask model list' shows those that are");
        }
        if (now.serving().equals(chosen)) {
            throw new RunException.Refused("model " + chosen + " serves already");
        }
        return serve(chosen, now, settings);
    }

    /**
     * Makes the previous model serve again. The model that served until then becomes the previous one, so that a second
     * rollback undoes the first.
     *
     * @throws RunException.Refused when no model served before, or a service with these settings could not start with it
     */
    public Standing rollback(Settings settings) {
        Standing now = standing();
        String before = now.previous()
                .orElseThrow(() -> new RunException.Refused("no model served before; there is nothing to go back to"));
        return serve(before, now, settings);
    }

    private Standing serve(String id, Standing now, Settings settings) {
        try {
            ServingModel.open(settings, this, id, Clock.systemUTC());
        } catch (ScoringException e) {
            throw new RunException.Refused(e.getMessage(), e);
        }
        return write(new Standing(id, Optional.of(now.serving()), now.shadow().filter(shadow -> !shadow.equals(id))));
    }

    /** Ends the shadow. */
    public Standing withoutShadow() {
        Standing now = standing();
        return write(new Standing(now.serving(), now.previous(), Optional.empty()));
    }

    private Standing write(Standing standing) {
        try {
            PrivateFiles.replace(file(), MAPPER.writeValueAsBytes(standing));
            return standing;
        } catch (IOException e) {
            throw new RunException.Failed(file() + " cannot be written: " + e, e);
        }
    }

    private Path file() {
        return folder.resolve("standing.json");
    }
}
