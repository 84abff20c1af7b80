package io.unmask.detector.serve;

import io.unmask.config.Settings;
import io.unmask.detector.pipeline.OutcomeSink;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.run.ModelShelf;
import io.unmask.detector.run.ModelShelf.Standing;
import io.unmask.detector.run.RunException;
import io.unmask.detector.run.ServingModel;
import io.unmask.model.score.ScoringException;
import io.unmask.model.spec.ModelCard;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Keeps the models that judge as the shelf says they should be: who changes the shelf, by the command line or over HTTP,
 * changes the running service. Loading takes seconds, and sources go on meanwhile. Thread-safe.
 */
public final class Models {
    private final Parts parts;
    private final Executor loader;
    private final Consumer<String> notes;
    private Standing running;
    private boolean loading;

    /**
     * What the models work with.
     *
     * @param pipeline judges by the model that stands first on the shelf already
     * @param shadowSink takes what a model on probation finds
     */
    record Parts(Settings settings, ModelShelf shelf, Pipeline pipeline, OutcomeSink shadowSink, Clock clock) {}

    /**
     * A model, as it is shown.
     *
     * @param role serving, shadow, previous, or none of them
     */
    public record Shown(String id, String name, String version, String digest, Optional<String> role) {}

    Models(Parts parts, Standing running, Executor loader, Consumer<String> notes) {
        this.parts = parts;
        this.running = new Standing(running.serving(), Optional.empty(), Optional.empty());
        this.loader = loader;
        this.notes = notes;
    }

    /** Looks whether the shelf has changed, and follows it. */
    void look() {
        if (Role.of(parts.settings()) != Role.ALL) {
            // Where reading and judging are apart, all processes must change together: by a restart.
            return;
        }
        synchronized (this) {
            if (loading || isAsItShouldBe(parts.shelf().standing())) {
                return;
            }
            loading = true;
        }
        loader.execute(this::follow);
    }

    private boolean isAsItShouldBe(Standing wanted) {
        return running.serving().equals(wanted.serving()) && running.shadow().equals(wanted.shadow());
    }

    private void follow() {
        Standing wanted = parts.shelf().standing();
        try {
            if (!running.serving().equals(wanted.serving())) {
                ServingModel model = open(wanted.serving());
                parts.pipeline().replaceModel(model.loadBeside());
                notes.accept("model " + name(model.card()) + " judges from now on");
            }
            if (!running.shadow().equals(wanted.shadow())) {
                shadow(wanted.shadow());
            }
        } catch (RunException | ScoringException e) {
            notes.accept("the models stay as they are: " + e.getMessage());
        } finally {
            synchronized (this) {
                // What failed is not tried again before the shelf changes.
                running = wanted;
                loading = false;
            }
        }
    }

    private void shadow(Optional<String> id) {
        if (id.isEmpty()) {
            parts.pipeline().withoutShadow();
            notes.accept("no model judges as a shadow any more");
            return;
        }
        ServingModel model = open(id.get());
        parts.pipeline().shadowModel(model.loadBeside(), parts.shadowSink());
        notes.accept("model " + name(model.card()) + " judges as a shadow from now on");
    }

    private ServingModel open(String id) {
        return ServingModel.open(parts.settings(), parts.shelf(), id, parts.clock());
    }

    private static String name(ModelCard card) {
        return card.name() + " " + card.version();
    }

    /** The model of the settings and all that are installed. */
    public List<Shown> list() {
        Standing standing = parts.shelf().standing();
        List<Shown> shown = new ArrayList<>();
        ModelCard configured = ServingModel.directory(parts.settings()).card();
        shown.add(shown(ModelShelf.CONFIGURED, configured, standing));
        parts.shelf().list().forEach(model -> shown.add(shown(model.id(), model.card(), standing)));
        return shown;
    }

    private static Shown shown(String id, ModelCard card, Standing standing) {
        return new Shown(id, card.name(), card.version(), card.digest(), standing.roleOf(id));
    }

    /**
     * Verifies and installs a model, which becomes the shadow.
     *
     * @param directory on the service's machine
     * @throws RefusedException when it is refused
     */
    public Shown install(Path directory) {
        return changed(() -> {
            ModelShelf.Installed installed = parts.shelf().install(directory, parts.settings());
            return shown(installed.id(), installed.card(), parts.shelf().standing());
        });
    }

    /** @throws RefusedException when there is no such model, or no shadow */
    public List<Shown> promote(Optional<String> id) {
        return changed(() -> {
            parts.shelf().promote(id);
            return list();
        });
    }

    /** @throws RefusedException when no model served before */
    public List<Shown> rollback() {
        return changed(() -> {
            parts.shelf().rollback();
            return list();
        });
    }

    /** Ends the shadow. */
    public List<Shown> withoutShadow() {
        return changed(() -> {
            parts.shelf().withoutShadow();
            return list();
        });
    }

    private interface Change<T> {
        T make();
    }

    private <T> T changed(Change<T> change) {
        try {
            T result = change.make();
            look();
            return result;
        } catch (RunException e) {
            throw new RefusedException(e.getMessage());
        }
    }
}
