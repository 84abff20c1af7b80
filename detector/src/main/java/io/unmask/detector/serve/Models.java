package io.unmask.detector.serve;

import io.unmask.config.Settings;
import io.unmask.config.SourceSpec;
import io.unmask.config.SourceSpecs;
import io.unmask.detector.run.ModelShelf;
import io.unmask.detector.run.ModelShelf.Standing;
import io.unmask.detector.run.RunException;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.Verdict;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.score.ScoringException;
import io.unmask.model.spec.ModelCard;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes the running service judge by the models that have a role in the {@link ModelShelf}, whether the roles were changed on
 * the command line or over HTTP. Loading a model takes seconds, and sources go on meanwhile. Thread-safe.
 */
public final class Models {
    private final Parts parts;
    private final ModelShelf shelf;
    private final Executor loader;
    private final Consumer<String> notes;
    private Optional<ModelCard> configured = Optional.empty();
    /** Why models do not do what their roles say, by the models' ids. */
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    /** The roles that were last taken up. */
    private Standing running;

    private boolean loading;

    /**
     * What the models depend on.
     *
     * @param judge is judging by the first model already
     * @param sources the service's sources, which may have settings of their own
     */
    record Parts(Settings settings, Judge judge, Clock clock, Supplier<List<SourceSpec>> sources) {}

    /** Judges by the models that it is given. */
    interface Judge {

        /**
         * Replaces the model between two batches.
         *
         * @param failed told why, if the earlier model has to go on
         */
        void replace(ServingModel model, Consumer<String> failed);

        /**
         * Adds a shadow model, which judges the same clips.
         *
         * @param failed told why, if the shadow model fails and is ended
         */
        void shadow(ServingModel model, Consumer<String> failed);

        /** Ends the shadow model. */
        void withoutShadow();
    }

    /**
     * A model, as the API and the page show it.
     *
     * @param role serving, shadow or previous; empty when it has none of these
     * @param note why it does not, or not yet, do what its role says
     */
    public record Shown(
            String id, String name, String version, String digest, Optional<String> role, Optional<String> note) {}

    Models(Parts parts, Judging first, Executor loader, Consumer<String> notes) {
        this.parts = parts;
        shelf = first.shelf();
        running = new Standing(first.standing().serving(), Optional.empty(), Optional.empty());
        if (running.serving().equals(ModelShelf.CONFIGURED)) {
            configured = Optional.of(first.model().card());
        }
        this.loader = loader;
        this.notes = notes;
    }

    /** Takes up the roles if they have changed. */
    void look() {
        synchronized (this) {
            if (loading || isTakenUp(shelf.standing())) {
                return;
            }
            loading = true;
        }
        loader.execute(this::takeUpRoles);
    }

    private boolean isTakenUp(Standing wanted) {
        return running.serving().equals(wanted.serving()) && running.shadow().equals(wanted.shadow());
    }

    private void takeUpRoles() {
        Standing wanted = shelf.standing();
        try {
            if (!running.serving().equals(wanted.serving())) {
                load(
                        wanted.serving(),
                        model -> parts.judge().replace(model, why -> notReplaced(wanted.serving(), why)),
                        "judges from now on");
            }
            if (!running.shadow().equals(wanted.shadow())) {
                // The earlier shadow ends first: if the new one cannot be loaded, it must not pass for the new one.
                running.shadow().ifPresent(before -> parts.judge().withoutShadow());
                wanted.shadow()
                        .ifPresentOrElse(
                                id -> load(
                                        id,
                                        model -> parts.judge().shadow(model, why -> shadowEnded(id, why)),
                                        "judges as a shadow from now on"),
                                () -> notes.accept("no model judges as a shadow any more"));
            }
        } finally {
            synchronized (this) {
                // A model that failed to load is not tried again until the roles change.
                running = wanted;
                loading = false;
            }
        }
    }

    private void shadowEnded(String id, String why) {
        failures.put(id, "it failed and judges no more: " + why);
        notes.accept("the shadow " + id + " failed and is ended: " + why);
    }

    private void notReplaced(String id, String why) {
        failures.put(id, "it cannot go on with the open streams, and the model before it judges on: " + why);
        notes.accept("the models stay as they are: " + why);
    }

    private void load(String id, Consumer<ServingModel> use, String done) {
        failures.remove(id);
        try {
            ServingModel model = ServingModel.open(parts.settings(), shelf, id, parts.clock());
            requireFit(model.card());
            use.accept(model);
            notes.accept("model " + model.card().name() + " " + model.card().version() + " " + done);
        } catch (RunException | ScoringException e) {
            failures.put(id, e.getMessage());
            notes.accept("the models stay as they are: " + e.getMessage());
        }
    }

    /** The model of the settings and all that are installed. */
    public List<Shown> list() {
        Standing standing = shelf.standing();
        List<Shown> shown = new ArrayList<>();
        shown.add(shown(ModelShelf.CONFIGURED, configured(), standing));
        shelf.list().forEach(model -> shown.add(shown(model.id(), model.card(), standing)));
        return shown;
    }

    /** Read only once, because reading verifies all of the model's files and each open page asks every second. */
    private synchronized ModelCard configured() {
        configured = configured.or(
                () -> Optional.of(ServingModel.directory(parts.settings()).card()));
        return configured.get();
    }

    /** The card of the model that gave the verdicts. When there are none, or that model is gone, the serving model's card. */
    ModelCard cardOf(List<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            return serving();
        }
        // A model may have been promoted in the middle of the file. The last verdicts are those on whole faces.
        String digest = verdicts.get(verdicts.size() - 1).model().digest();
        ModelCard serving = serving();
        if (serving.digest().equals(digest)) {
            return serving;
        }
        return shelf.list().stream()
                .map(ModelShelf.Installed::card)
                .filter(card -> card.digest().equals(digest))
                .findFirst()
                .or(() -> Optional.of(configured()).filter(card -> card.digest().equals(digest)))
                .orElse(serving);
    }

    private ModelCard serving() {
        return card(shelf.standing().serving()).orElseGet(this::configured);
    }

    private Optional<ModelCard> card(String id) {
        return id.equals(ModelShelf.CONFIGURED)
                ? Optional.of(configured())
                : shelf.list().stream()
                        .filter(model -> model.id().equals(id))
                        .map(ModelShelf.Installed::card)
                        .findFirst();
    }

    /**
     * Checks that the serving model can work with a source's own settings.
     *
     * @throws RunException.Refused when it cannot
     */
    void requireFit(SourceSpec source) {
        requireFit(serving(), source);
    }

    private void requireFit(ModelCard card, SourceSpec source) {
        if (source.settings().isEmpty()) {
            return;
        }
        Settings own = SourceSpecs.settingsFor(parts.settings(), source);
        String model =
                "source " + source.id() + " has settings of its own: the model " + card.name() + " " + card.version();
        ServingModel.requireFit(card.spec(), model, own);
    }

    /** Checks every source's own settings, because a model that they do not fit would fail when it judges. */
    private void requireFit(ModelCard card) {
        parts.sources().get().forEach(source -> requireFit(card, source));
    }

    private Shown shown(String id, ModelCard card, Standing standing) {
        Optional<String> role = standing.roleOf(id);
        return new Shown(id, card.name(), card.version(), card.digest(), role, role.flatMap(name -> note(id, name)));
    }

    private synchronized Optional<String> note(String id, String role) {
        if (role.equals("previous") || Role.of(parts.settings()) == Role.INGEST) {
            return Optional.empty();
        }
        boolean isTakenUp = running.roleOf(id).equals(Optional.of(role));
        return isTakenUp ? Optional.ofNullable(failures.get(id)) : Optional.of("it is being loaded");
    }

    /**
     * Verifies and installs a model, which becomes the shadow.
     *
     * @param directory of the model, on the service's machine
     * @throws RefusedException when the model cannot be used
     */
    public Shown install(Path directory) {
        return changed(() -> {
            requireFit(ModelDirectory.open(directory).card());
            ModelShelf.Installed installed = shelf.install(directory, parts.settings());
            return shown(installed.id(), installed.card(), shelf.standing());
        });
    }

    /** @throws RefusedException when there is no such model, or no shadow */
    public List<Shown> promote(Optional<String> id) {
        return changed(() -> {
            id.or(shelf.standing()::shadow).flatMap(this::card).ifPresent(this::requireFit);
            shelf.promote(id, parts.settings());
            return list();
        });
    }

    /** @throws RefusedException when no model served before */
    public List<Shown> rollback() {
        return changed(() -> {
            shelf.standing().previous().flatMap(this::card).ifPresent(this::requireFit);
            shelf.rollback(parts.settings());
            return list();
        });
    }

    /** Ends the shadow. */
    public List<Shown> withoutShadow() {
        return changed(() -> {
            shelf.withoutShadow();
            return list();
        });
    }

    private interface Change<T> {
        T make();
    }

    private <T> T changed(Change<T> change) {
        if (Role.of(parts.settings()) == Role.INGEST) {
            throw new RefusedException(
                    "this process reads sources and judges nothing; change the model where workers.role is score");
        }
        try {
            T result = change.make();
            look();
            return result;
        } catch (RunException | ScoringException e) {
            throw new RefusedException(e.getMessage());
        }
    }
}
