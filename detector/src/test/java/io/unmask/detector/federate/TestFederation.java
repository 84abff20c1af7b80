package io.unmask.detector.federate;

import io.unmask.config.Settings;
import io.unmask.config.SettingsSources;
import io.unmask.config.TrainSettings;
import io.unmask.detector.TestSettings;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.train.FederatedModel;
import io.unmask.model.train.LocalTraining;
import io.unmask.model.train.Progress;
import io.unmask.model.train.StripedFaces;
import io.unmask.model.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** A small federation on a real broker whose sites are threads, each with pictures of its own. */
final class TestFederation implements AutoCloseable {
    static final Plan.Protection PLAIN = new Plan.Protection(false, 10, 1000, 0, 1e-5, false);
    static final Plan.Protection SECURE = new Plan.Protection(true, 10, 1000, 0, 1e-5, false);

    private static final Map<String, String> SETTINGS;

    static {
        var settings = new HashMap<>(StripedFaces.SMALL);
        // One thread of TensorFlow makes equal rounds equal to the bit.
        settings.put("threads", "1");
        settings.put("recurrent-units", "0");
        SETTINGS = Map.copyOf(settings);
    }

    final String name;
    final Path folder;
    final Map<String, Object> connection;
    final Map<String, SiteKeys> keys = new ConcurrentHashMap<>();
    final SiteKeys coordinatorKeys;
    final List<Round> rounds = new CopyOnWriteArrayList<>();
    /** What coordinators said; {@link #rounds} has what sites said, too. */
    final List<Round> coordinated = new CopyOnWriteArrayList<>();
    /** How often a coordinator has connected. */
    final AtomicInteger connections = new AtomicInteger();

    final List<String> refused = new CopyOnWriteArrayList<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    /** Who noticed that the broker does not answer. */
    final Set<String> cutOff = ConcurrentHashMap.newKeySet();

    /** Completes with the failure of the first site that failed otherwise than by a kill. */
    final CompletableFuture<Object> siteFailed = new CompletableFuture<>();

    final AtomicBoolean stop = new AtomicBoolean();
    final MovableClock clock = new MovableClock();
    final Map<String, String> training;
    final FederatedModel model;
    final ExecutorService threads = Executors.newCachedThreadPool();
    double tolerance = 0.1;
    List<Path> from = List.of();
    long exampleCap = 1000;
    Settings.Kafka kafka = TestSettings.kafka(Optional.empty());

    /** Deadlines pass when a test says so. */
    static final class MovableClock extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-29T10:00:00Z"));

        void advance(Duration by) {
            now.updateAndGet(before -> before.plus(by));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return InstantSource.fixed(instant()).withZone(zone);
        }

        @Override
        public Instant instant() {
            return now.get();
        }
    }

    TestFederation(String name, Path folder, Map<String, Object> connection, int sites) throws IOException {
        this(name, folder, connection, sites, Map.of());
    }

    /** @param other settings of the training, beside or instead of the usual ones */
    TestFederation(String name, Path folder, Map<String, Object> connection, int sites, Map<String, String> other)
            throws IOException {
        this.name = name;
        this.folder = folder;
        this.connection = connection;
        this.coordinatorKeys = SiteKeys.in(folder.resolve("coordinator"));
        this.training = new HashMap<>(SETTINGS);
        training.putAll(other);
        this.model = FederatedModel.first(settings(training), List.of());
        for (int i = 0; i < sites; i++) {
            String site = "site" + i;
            keys.put(site, SiteKeys.in(folder.resolve(site)));
            for (int face = 0; face < 16; face++) {
                StripedFaces.write(folder.resolve(site + "/faces/real/" + face + ".png"), i * 100 + face, true);
                StripedFaces.write(folder.resolve(site + "/faces/fake/" + face + ".png"), i * 100 + face, false);
            }
        }
    }

    Plan plan(Plan.Protection protection, long rounds, int quorum) {
        List<Member> members = keys.keySet().stream()
                .sorted()
                .map(site -> keys.get(site).member(site))
                .toList();
        return new Plan(
                name,
                rounds,
                quorum,
                60,
                protection,
                new Plan.Effort(2, 6, exampleCap),
                training,
                Coordinator.network(model, protection.ownNormalisation()),
                members);
    }

    CompletableFuture<Optional<Map<String, float[]>>> coordinate(Plan plan) {
        return coordinate(plan, round -> {});
    }

    /** @param at called at each stage; what it throws ends the coordinator as a kill would, after the transaction */
    CompletableFuture<Optional<Map<String, float[]>>> coordinate(Plan plan, Consumer<Round> at) {
        return CompletableFuture.supplyAsync(
                () -> new Coordinator(plan, model, context("coordinator", coordinatorKeys, stop, round -> {
                            coordinated.add(round);
                            at.accept(round);
                        }))
                        .run(),
                threads);
    }

    CompletableFuture<Optional<ModelCard>> join(String site) {
        return join(site, stop, round -> {});
    }

    /** What a listener throws ends a coordinator or a site as a kill would. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A site that fails ends the test, or it would wait for it in vain. */
    private void say(String site, Throwable failure) {
        if (failure != null && !(failure.getCause() instanceof Killed)) {
            siteFailed.completeExceptionally(new AssertionError(site + " failed", failure));
        }
    }

    /** Joins, and what becomes of it does not matter to the test. */
    void start(String site) {
        threads.execute(
                () -> join(site).exceptionally(failed -> Optional.empty()).join());
    }

    /** Announces itself, shares its keys, and is gone when it should train. */
    void startAndVanish(String site) {
        threads.execute(() -> join(site, stop, round -> {
                    if (round.stage() == Round.Stage.COLLECTING) {
                        throw new Killed();
                    }
                })
                .exceptionally(killed -> Optional.empty())
                .join());
    }

    CompletableFuture<Optional<ModelCard>> join(String site, AtomicBoolean stopped, Consumer<Round> at) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            ExecutorService loaders = Executors.newSingleThreadExecutor();
                            var request =
                                    new Site.Request(name, folder.resolve(site), Optional.empty(), from, tolerance);
                            try (Site running = new Site(
                                    request,
                                    plan -> training(site, plan, loaders, stopped),
                                    context(site, keys.get(site), stopped, at))) {
                                return running.run();
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                                throw new IllegalStateException(e);
                            } finally {
                                loaders.shutdownNow();
                            }
                        },
                        threads)
                .whenComplete((card, failure) -> say(site, failure));
    }

    LocalTraining training(String site, Plan plan, ExecutorService loaders, AtomicBoolean stopped)
            throws IOException, InterruptedException {
        return LocalTraining.open(
                new Training.Request(
                        List.of(),
                        List.of(folder.resolve(site + "/faces")),
                        folder.resolve(site + "/out"),
                        List.of(),
                        Set.of(),
                        List.of(),
                        false,
                        new Training.ModelName(name, "1")),
                settings(plan.settings()),
                new Training.Context(
                        TestSettings.in(folder),
                        folder.resolve("cache"),
                        loaders,
                        Clock.systemUTC(),
                        new NoProgress(),
                        stopped::get));
    }

    FederationLink link() {
        return FederationLink.open(kafka, connection, Optional.empty());
    }

    /** Rounds by their last stage, as the topic has them. */
    List<Round> readRounds() {
        try (FederationLink link = link()) {
            return new ArrayList<>(
                    FederationState.read(name, Optional.empty(), link).rounds().values());
        }
    }

    Coordinator.Context context(String site) {
        return context(site, keys.get(site), stop, round -> {});
    }

    /** What a coordinator publishes reaches a state, without Kafka. */
    Round publish(FederationState state, Round round) {
        state.take(Envelope.signed(
                coordinatorKeys,
                FederationLink.ROUNDS,
                "round",
                SiteMessages.headers(FederationState.ROUND, name, coordinatorKeys.publicSigningKey()),
                FederationJson.bytes(round)));
        return round;
    }

    void publish(FederationState state, String kind, byte[] model) {
        SiteMessages.chunks(
                        model,
                        new SiteMessages.Place(
                                FederationLink.MODELS,
                                kind,
                                true,
                                SiteMessages.headers(kind, name, coordinatorKeys.publicSigningKey())),
                        coordinatorKeys)
                .forEach(state::take);
    }

    private Coordinator.Context context(String who, SiteKeys own, AtomicBoolean stopped, Consumer<Round> at) {
        return new Coordinator.Context(kafka, connection, own, clock, new Listener(who, at), stopped::get);
    }

    private TrainSettings settings(Map<String, String> values) {
        return TrainSettings.loader()
                .load(new SettingsSources(Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), values))
                .settings();
    }

    private final class Listener implements FederationListener {
        private final String who;
        private final Consumer<Round> at;

        Listener(String who, Consumer<Round> at) {
            this.who = who;
            this.at = at;
        }

        @Override
        public void round(Plan plan, Round round) {
            rounds.add(round);
            at.accept(round);
        }

        @Override
        public void connected() {
            connections.incrementAndGet();
        }

        @Override
        public void refused(String site, String reason) {
            refused.add(site + ": " + reason);
        }

        @Override
        public void told(String line) {
            told.add(line);
        }

        @Override
        public void unreachable(String why) {
            cutOff.add(who);
        }
    }

    private record NoProgress() implements Progress {
        @Override
        public void stepped(Step step) {}

        @Override
        public void judged(Judged judged) {}

        @Override
        public void limited(String by) {}

        @Override
        public void skipped(String file) {}
    }

    /** Waits until every site has ended, since their folders are removed after that. */
    @Override
    public void close() {
        stop.set(true);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(FederationTest.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("a site of " + name + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
