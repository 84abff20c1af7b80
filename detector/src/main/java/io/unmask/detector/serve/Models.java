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
import java.util.stream.Stream;

/**
 * Keeps the models that judge as the shelf says they should be: who changes the shelf, by the command line or over HTTP,
 * changes the running service. Loading takes seconds, and sources go on meanwhile. Thread-safe.
 */
public final class Models {
    private final Parts parts;
    private final ModelShelf shelf;
    private final Executor loader;
    private final Consumer<String> notes;
    private Optional<ModelCard> configured = Optional.empty();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private Standing running;
    private boolean loading;

    /**
     * What the models work with.
     *
     * @param judge by the first model already
     * @param sources those of the service, which may have settings of their own
     */
    record Parts(Settings settings, Judge judge, Clock clock, Supplier<List<SourceSpec>> sources) {}

    /** Who judges. */
    interface Judge {

        /**
         * Judges by another model from a batch on.
         *
         * @param failed is told why the one before it judges on, should it have to
         */
        void replace(ServingModel model, Consumer<String> failed);

        /**
         * Has another model judge beside it.
         *
         * @param failed is told why it was ended, should it fail
         */
        void shadow(ServingModel model, Consumer<String> failed);

        /** Judges alone. */
        void withoutShadow();
    }

    /**
     * A model, as it is shown.
     *
     * @param role serving, shadow, previous, or none of them
     * @param note why it does not do yet what its role says
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

    /** Looks whether the shelf has changed, and follows it. */
    void look() {
        synchronized (this) {
            if (loading || isAsItShouldBe(shelf.standing())) {
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
        Standing wanted = shelf.standing();
        try {
            if (!running.serving().equals(wanted.serving())) {
                take(
                        wanted.serving(),
                        model -> parts.judge().replace(model, why -> passedOver(wanted.serving(), why)),
                        "judges from now on");
            }
            if (!running.shadow().equals(wanted.shadow())) {
                // The one before it must not go on in its name when the new one cannot be loaded.
                running.shadow().ifPresent(before -> parts.judge().withoutShadow());
                wanted.shadow()
                        .ifPresentOrElse(
                                id -> take(
                                        id,
                                        model -> parts.judge().shadow(model, why -> ended(id, why)),
                                        "judges as a shadow from now on"),
                                () -> notes.accept("no model judges as a shadow any more"));
            }
        } finally {
            synchronized (this) {
                // What failed is not tried again before the shelf changes.
                running = wanted;
                loading = false;
            }
        }
    }

    private void ended(String id, String why) {
        failures.put(id, "it failed and judges no more: " + why);
        notes.accept("the shadow " + id + " failed and is ended: " + why);
    }

    private void passedOver(String id, String why) {
        failures.put(id, "it cannot go on with the open streams, and the model before it judges on: " + why);
        notes.accept("the models stay as they are: " + why);
    }

    private void take(String id, Consumer<ServingModel> part, String done) {
        failures.remove(id);
        try {
            ServingModel model = ServingModel.open(parts.settings(), shelf, id, parts.clock());
            requireFit(model.card());
            part.accept(model);
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

    /** Read once: its files are verified with that, and pages ask every second. */
    private synchronized ModelCard configured() {
        configured = configured.or(
                () -> Optional.of(ServingModel.directory(parts.settings()).card()));
        return configured.get();
    }

    /** The card of the model that reached verdicts; where there is none, or it is gone, of the model that judges now. */
    ModelCard cardOf(List<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            return serving();
        }
        // A model may have been promoted meanwhile: the last one summed the faces up.
        String digest = verdicts.get(verdicts.size() - 1).model().digest();
        return Stream.<Supplier<Stream<ModelCard>>>of(
                        () -> Stream.of(serving()),
                        () -> shelf.list().stream().map(ModelShelf.Installed::card),
                        () -> Stream.of(configured()))
                .flatMap(Supplier::get)
                .filter(card -> card.digest().equals(digest))
                .findFirst()
                .orElseGet(this::serving);
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
     * Says whether the model that judges can work with a source's own settings.
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

    /** A model that a source's own settings do not fit would fail once it judges. */
    private void requireFit(ModelCard card) {
        parts.sources().get().forEach(source -> requireFit(card, source));
    }

    private Shown shown(String id, ModelCard card, Standing standing) {
        Optional<String> role = standing.roleOf(id);
        return new Shown(id, card.name(), card.version(), card.digest(), role, role.flatMap(part -> note(id, part)));
    }

    private synchronized Optional<String> note(String id, String part) {
        if (part.equals("previous") || Role.of(parts.settings()) == Role.INGEST) {
            return Optional.empty();
        }
        boolean isAsItShouldBe = running.roleOf(id).equals(Optional.of(part));
        return isAsItShouldBe ? Optional.ofNullable(failures.get(id)) : Optional.of("it is being loaded");
    }

    /**
     * Verifies and installs a model, which becomes the shadow.
     *
     * @param directory on the service's machine
     * @throws RefusedException when it is refused
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
                    "this process reads sources and judges nothing; change the model where" + " workers.role is score");
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
