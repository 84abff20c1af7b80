package io.unmask.detector.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unmask.config.Settings;
import io.unmask.detector.TestPorts;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.model.federate.PrivacyAccountant;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.federate.VectorBytes;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelDigest;
import io.unmask.model.train.FederatedModel;
import io.unmask.model.train.LocalTraining;
import io.unmask.model.train.StripedFaces;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole federations on a real broker; each test has a name of its own. */
class FederationTest {
    /** Ends a test that hangs. How fast the machine is must not decide. */
    static final long PATIENCE_SECONDS = 900;

    @TempDir
    static Path brokerData;

    @TempDir
    Path folder;

    private static BrokerLease broker;

    @BeforeAll
    static void startBroker() {
        broker = Brokers.obtain(TestSettings.in(brokerData));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private TestFederation federation(String name, int sites) throws Exception {
        return new TestFederation(name, folder.resolve(name), broker.connection(), sites);
    }

    private static List<CompletableFuture<Optional<ModelCard>>> joinAll(TestFederation federation) {
        return federation.keys.keySet().stream().sorted().map(federation::join).toList();
    }

    private static <T> T get(TestFederation federation, CompletableFuture<T> future) throws Exception {
        try {
            CompletableFuture.anyOf(future, federation.siteFailed).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return future.getNow(null);
        } catch (TimeoutException e) {
            throw new AssertionError(
                    "nothing came in time: sites told " + federation.told + ", refused " + federation.refused, e);
        }
    }

    private static float[] flat(TestFederation federation, Map<String, float[]> values) {
        TensorLayout whole = federation.model.whole();
        return whole.flatten(values);
    }

    @Test
    void shouldTrainOneModelOnTheDataOfAllSites() throws Exception {
        try (TestFederation federation = federation("plain", 3)) {
            var coordinator = federation.coordinate(federation.plan(TestFederation.PLAIN, 3, 2));
            var sites = joinAll(federation);

            float[] model = flat(federation, get(federation, coordinator).orElseThrow());
            assertThat(model).isNotEqualTo(flat(federation, federation.model.values()));
            List<Round> rounds = federation.readRounds();
            assertThat(rounds)
                    .extracting(Round::stage)
                    .containsExactly(
                            Round.Stage.AGGREGATED,
                            Round.Stage.AGGREGATED,
                            Round.Stage.AGGREGATED,
                            Round.Stage.FINISHED);
            assertThat(rounds.get(0).survivors()).containsExactly("site0", "site1", "site2");
            assertThat(rounds.get(0).outcome().norms()).hasSize(3).allSatisfy(norm -> assertThat(norm)
                    .isBetween(0.001, 10.001));
            assertThat(federation.refused).isEmpty();
            double before = auc(rounds.get(0));
            assertThat(auc(rounds.get(3))).isGreaterThan(Math.max(before, 0.8));
            for (var site : sites) {
                ModelCard card = get(federation, site).orElseThrow();
                assertThat(card.facts())
                        .containsEntry("Federation", "plain, after round 3 of 3")
                        .containsEntry("Federation's sites", "site0, site1, site2")
                        .containsEntry("Federation's protection", "no secure aggregation, no differential privacy");
            }
        }
    }

    private static double auc(Round round) {
        return round.participants().stream()
                .mapToDouble(participant -> participant.before().auc())
                .average()
                .orElseThrow();
    }

    @Test
    void shouldGiveTheSameModelBySecureAggregation() throws Exception {
        List<float[]> models = new ArrayList<>();
        for (var protection : List.of(TestFederation.PLAIN, TestFederation.SECURE)) {
            try (TestFederation federation = federation(protection.secure() ? "masked" : "bare", 3)) {
                var coordinator = federation.coordinate(federation.plan(protection, 1, 3));
                joinAll(federation);
                models.add(flat(federation, get(federation, coordinator).orElseThrow()));
                assertThat(federation.refused).isEmpty();
            }
        }
        // Three sites, clipped to 1000 at most: half a step of the fixed point a site, over weights of 16 in 1000.
        double rounding = 0.5 * 3 * (3 * 1000 / (double) Integer.MAX_VALUE) / (3 * 0.016);
        for (int i = 0; i < models.get(0).length; i++) {
            assertThat(models.get(1)[i]).isCloseTo(models.get(0)[i], within((float) rounding));
        }
    }

    @Test
    void shouldFinishARoundFromWhichTwoOfFiveVanishAfterSharingTheirKeys() throws Exception {
        try (TestFederation federation = federation("vanishing", 5)) {
            var coordinator = federation.coordinate(federation.plan(TestFederation.SECURE, 1, 3));
            List.of("site0", "site1", "site2").forEach(federation::start);
            List.of("site3", "site4").forEach(federation::startAndVanish);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> federation.told.stream()
                                    .filter(line -> line.startsWith("sent the update"))
                                    .count()
                            == 3);
            // Before the deadline the coordinator waits for the two; it learns by it alone that they are gone.
            assertThat(federation.readRounds().get(0).stage()).isEqualTo(Round.Stage.COLLECTING);
            advanceUntil(federation, coordinator);

            Round round = federation.readRounds().get(0);
            assertThat(round.stage()).isEqualTo(Round.Stage.AGGREGATED);
            assertThat(round.participants()).hasSize(5);
            assertThat(round.survivors()).containsExactly("site0", "site1", "site2");
            assertThat(round.outcome().norms()).as("nobody sees one update").isEmpty();
            assertThat(round.outcome().meanNorm().orElseThrow()).isBetween(0.001, 10.0);

            federation.tolerance = 1;
            assertThat(get(federation, federation.join("site3")).orElseThrow().facts())
                    .as("the model of one that comes when all is over")
                    .containsEntry("Federation", "vanishing, after round 1 of 1");
        }
    }

    /** Lets deadlines pass until the coordinator is through, but for the one by which sites must reveal shares. */
    private static void advanceUntil(TestFederation federation, CompletableFuture<?> coordinator) {
        Awaitility.await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> {
            if (federation.coordinated.get(federation.coordinated.size() - 1).stage() != Round.Stage.CLOSED) {
                federation.clock.advance(Duration.ofSeconds(30));
            }
            return coordinator.isDone();
        });
    }

    /** For longer than clients wait for an answer, and by the clock for far longer than a deadline. */
    @Test
    void shouldGoOnWhenTheBrokerWasAwayForAnHour() throws Exception {
        var settings = TestSettings.in(folder.resolve("away"), new Settings.Broker(TestPorts.free(), 1));
        BrokerLease first = Brokers.obtain(settings);
        try (TestFederation federation = new TestFederation("away", folder.resolve("sites"), first.connection(), 3)) {
            federation.kafka = TestSettings.impatient(federation.kafka);
            var coordinator = federation.coordinate(federation.plan(TestFederation.SECURE, 1, 3));
            List.of("site0", "site1").forEach(federation::start);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> federation.told.stream()
                                    .filter(line -> line.startsWith("the model of round 0"))
                                    .count()
                            == 2);
            first.close();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> federation.cutOff.containsAll(Set.of("coordinator", "site0", "site1")));
            federation.clock.advance(Duration.ofHours(1));
            try (BrokerLease again = Brokers.obtain(settings)) {
                assertThat(again.connection()).isEqualTo(first.connection());
                federation.start("site2");
                assertThat(get(federation, coordinator)).isPresent();
                Round round = federation.readRounds().get(0);
                assertThat(round.stage()).isEqualTo(Round.Stage.AGGREGATED);
                assertThat(round.survivors()).containsExactly("site0", "site1", "site2");
                // Before the broker goes, so that all end at once.
                federation.close();
            }
        }
    }

    @Test
    void shouldSayWhyASiteCannotTakePart() throws Exception {
        try (TestFederation federation = federation("unfit", 3)) {
            Path other = folder.resolve("other");
            Map<String, float[]> values = new HashMap<>(federation.model.values());
            values.replaceAll((name, value) -> {
                float[] moved = value.clone();
                moved[0] += 1;
                return moved;
            });
            Files.createDirectories(other);
            FederatedModel.write(federation.model, values, other.resolve(ModelDigest.WEIGHTS));
            Plan plan = federation.plan(TestFederation.PLAIN, 1, 1);
            var coordinator = federation.coordinate(plan);

            federation.from = List.of(other);
            assertThat(federation.join("site0"))
                    .failsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
                    .withThrowableThat()
                    .withMessageContaining(
                            "--from is another base model than that of federation unfit: the digest of its"
                                    + " weights is ");
            federation.from = List.of();
            for (int face = 0; face < 16; face++) {
                Files.delete(federation.folder.resolve("site1/faces/real/" + face + ".png"));
            }
            assertThat(federation.join("site1"))
                    .failsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
                    .withThrowableThat()
                    .withMessageContaining("no face labelled real to learn from");
            federation.keys.put("site2", SiteKeys.in(folder.resolve("stranger")));
            assertThat(federation.join("site2"))
                    .failsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
                    .withThrowableThat()
                    .withMessageContaining("this site's key is not registered in unfit");
            assertThat(coordinator).isNotDone();
        }
    }

    /** After each stage the coordinator is killed once; the next one reads what is on Kafka and nothing else. */
    @Test
    @Tag("slow")
    void shouldEndWithTheModelThatItWouldHaveHadWhenTheCoordinatorIsKilledAtEachStage() throws Exception {
        float[] whole;
        try (TestFederation federation = federation("whole", 3)) {
            var coordinator = federation.coordinate(federation.plan(TestFederation.PLAIN, 2, 3));
            joinAll(federation);
            whole = flat(federation, get(federation, coordinator).orElseThrow());
        }
        try (TestFederation federation = federation("killed", 3)) {
            Plan plan = federation.plan(TestFederation.PLAIN, 2, 3);
            joinAll(federation);
            int kills = 0;
            Optional<Map<String, float[]>> model = Optional.empty();
            var seen = new HashSet<String>();
            while (model.isEmpty()) {
                var coordinator = federation.coordinate(plan, round -> {
                    if (seen.add(round.number() + " " + round.stage())) {
                        throw new TestFederation.Killed();
                    }
                });
                try {
                    model = get(federation, coordinator);
                } catch (ExecutionException e) {
                    assertThat(e).hasRootCauseInstanceOf(TestFederation.Killed.class);
                    kills++;
                }
            }
            assertThat(kills)
                    .as("two rounds of four stages and the last one's two")
                    .isEqualTo(10);
            assertThat(flat(federation, model.get())).isEqualTo(whole);
            assertThat(federation.refused).isEmpty();
        }
    }

    @Test
    @Tag("slow")
    void shouldEndWithTheModelThatItWouldHaveHadWhenSitesAreKilled() throws Exception {
        float[] whole;
        try (TestFederation federation = federation("whole2", 3)) {
            var coordinator = federation.coordinate(federation.plan(TestFederation.SECURE, 2, 3));
            joinAll(federation);
            whole = flat(federation, get(federation, coordinator).orElseThrow());
        }
        try (TestFederation federation = federation("killed2", 3)) {
            var coordinator = federation.coordinate(federation.plan(TestFederation.SECURE, 2, 3));
            for (String site : federation.keys.keySet()) {
                federation.threads.execute(() -> joinAgainAndAgain(federation, site));
            }
            assertThat(flat(federation, get(federation, coordinator).orElseThrow()))
                    .isEqualTo(whole);
        }
    }

    /** The site is killed once at each stage, before it has done what the stage asks for. */
    private static void joinAgainAndAgain(TestFederation federation, String site) {
        var seen = new HashSet<String>();
        boolean done = false;
        while (!done) {
            try {
                federation
                        .join(site, federation.stop, round -> {
                            if (seen.add(round.number() + " " + round.stage())) {
                                throw new TestFederation.Killed();
                            }
                        })
                        .join();
                done = true;
            } catch (CompletionException e) {
                assertThat(e).hasRootCauseInstanceOf(TestFederation.Killed.class);
            }
        }
    }

    @Test
    void shouldFindAModelThatItReadBeforeItKnewWhoseFederationItIs() throws Exception {
        try (TestFederation federation = federation("early", 3);
                FederationLink coordinator = federation.link();
                FederationLink site = federation.link()) {
            Plan plan = federation.plan(TestFederation.PLAIN, 1, 2);
            SiteKeys keys = federation.coordinatorKeys;
            byte[] base = {1, 2, 3};
            FederationState state = FederationState.read("early", Optional.empty(), site);
            coordinator.send(SiteMessages.chunks(
                    base,
                    new SiteMessages.Place(
                            FederationLink.MODELS,
                            "early/base",
                            true,
                            SiteMessages.headers("base", "early", keys.publicSigningKey())),
                    keys));
            readAll(state, site);
            assertThat(state.plan()).isEmpty();
            coordinator.send(List.of(Envelope.signed(
                    keys,
                    FederationLink.ROUNDS,
                    "early/plan",
                    SiteMessages.headers(FederationState.PLAN, "early", keys.publicSigningKey()),
                    FederationJson.bytes(plan))));
            readAll(state, site);

            assertThat(state.plan()).hasValue(plan);
            assertThat(state.model("base", Transfer.of(base))).hasValue(base);
        }
    }

    private static void readAll(FederationState state, FederationLink link) {
        do {
            state.poll(link);
        } while (!link.caughtUp());
    }

    @Test
    void shouldLoseARoundForWhichTooFewUpdatesCameAndSaySo() throws Exception {
        try (TestFederation federation = federation("lost", 3)) {
            var coordinator = federation.coordinate(federation.plan(TestFederation.PLAIN, 1, 3));
            Awaitility.await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> {
                federation.clock.advance(Duration.ofSeconds(30));
                return federation.told.contains(
                        "0 of 3 sites have announced themselves in time, the quorum is 3: round 1 waits for more");
            });
            List.of("site0", "site1").forEach(federation::start);
            federation.startAndVanish("site2");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> !federation.coordinated.isEmpty()
                            && federation
                                            .coordinated
                                            .get(federation.coordinated.size() - 1)
                                            .stage()
                                    == Round.Stage.COLLECTING);
            advanceUntil(federation, coordinator);

            Round round = federation.readRounds().get(0);
            assertThat(round.stage()).isEqualTo(Round.Stage.LOST);
            assertThat(round.outcome().detail()).matches("[012] of 3 updates came in time, the quorum is 3");
            assertThat(flat(federation, get(federation, coordinator).orElseThrow()))
                    .as("the model stays")
                    .isEqualTo(flat(federation, federation.model.values()));
        }
    }

    @Test
    void shouldLoseARoundWhoseUpdatesAreNoLongerOnKafka() throws Exception {
        try (TestFederation federation = federation("forgotten", 1);
                Admin admin = Admin.create(broker.connection())) {
            Plan plan = federation.plan(TestFederation.PLAIN, 1, 1);
            federation.start("site0");
            var killed = federation.coordinate(plan, round -> {
                if (round.stage() == Round.Stage.CLOSED) {
                    throw new TestFederation.Killed();
                }
            });
            Throwable kill = get(federation, killed.handle((model, e) -> e));
            assertThat(kill).hasRootCauseInstanceOf(TestFederation.Killed.class);
            admin.deleteRecords(Map.of(new TopicPartition(FederationLink.UPDATES, 0), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
            var coordinator = federation.coordinate(plan);
            Awaitility.await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> {
                federation.clock.advance(Duration.ofSeconds(30));
                return coordinator.isDone();
            });

            Round round = federation.readRounds().get(0);
            assertThat(round.stage()).isEqualTo(Round.Stage.LOST);
            assertThat(round.outcome().detail()).isEqualTo("its updates are no longer on Kafka");
        }
    }

    /** Faces that come or go between announcement and training must not change the weight that the others count with. */
    @Test
    void shouldWeighAnUpdateByTheFacesThatWereAnnounced() throws Exception {
        try (TestFederation federation = federation("growing", 1)) {
            // So small a bound clips every update.
            var protection = new Plan.Protection(false, 0.001, 1000, 0, 1e-5, false);
            var coordinator = federation.coordinate(federation.plan(protection, 1, 1));
            var killed = federation.join("site0", federation.stop, round -> {
                if (round.stage() == Round.Stage.COLLECTING) {
                    throw new TestFederation.Killed();
                }
            });
            Throwable kill = get(federation, killed.handle((card, e) -> e));
            assertThat(kill).hasRootCauseInstanceOf(TestFederation.Killed.class);
            for (int face = 16; face < 32; face++) {
                StripedFaces.write(federation.folder.resolve("site0/faces/real/" + face + ".png"), face, true);
                StripedFaces.write(federation.folder.resolve("site0/faces/fake/" + face + ".png"), face, false);
            }
            federation.start("site0");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> coordinator.isDone() || !federation.refused.isEmpty());

            assertThat(federation.refused).isEmpty();
            assertThat(federation.readRounds().get(0).outcome().norms().get(0)).isCloseTo(0.001, within(1e-6));
        }
    }

    /** The site has announced itself for round 1, which makes no model, and is away until round 3. */
    @Test
    void shouldJudgeEachModelOnceWhateverBecameOfTheRoundsBetween() throws Exception {
        try (TestFederation federation = federation("between", 1);
                FederationLink link = federation.link();
                LocalTraining training = federation.training(
                        "site0", federation.plan(TestFederation.PLAIN, 4, 1), federation.threads, federation.stop)) {
            Plan plan = federation.plan(TestFederation.PLAIN, 4, 1);
            SiteMemory memory = SiteMemory.in(folder.resolve("memory"), "between");
            FederationState state =
                    new FederationState("between", Optional.of(federation.coordinatorKeys.publicSigningKey()));
            SiteRound site = new SiteRound(
                    plan,
                    plan.members().get(0),
                    state,
                    link,
                    new SiteRound.Part(training, memory, federation.context("site0"), 1));
            byte[] base = VectorBytes.of(federation.model.whole().flatten(federation.model.values()));
            byte[] first = VectorBytes.of(federation.model.shared().flatten(federation.model.values()));
            byte[] second = first.clone();
            second[0]++;
            federation.publish(state, "base", base);
            federation.publish(state, "model", first);

            federation.publish(state, round(1, Round.Stage.LOST, first));
            site.act(federation.publish(state, round(2, Round.Stage.OPEN, first)));
            site.act(state.latest().orElseThrow());
            federation.publish(state, round(2, Round.Stage.AGGREGATED, first));
            federation.publish(state, "model", second);
            federation.publish(state, round(3, Round.Stage.LOST, second));
            site.act(federation.publish(state, round(4, Round.Stage.OPEN, second)));
            federation.publish(state, round(4, Round.Stage.LOST, second));
            site.act(federation.publish(state, round(5, Round.Stage.FINISHED, second)));

            assertThat(federation.told)
                    .extracting(line -> line.replaceAll("on this site's .* log-loss [0-9.]+", "has some worth"))
                    .containsExactly(
                            "the model of round 0 has some worth",
                            "the model of round 0 has some worth, unchanged",
                            "the model of round 2 has some worth, taken");
            assertThat(memory.taken()).isPresent();
        }
    }

    private static Round round(long number, Round.Stage stage, byte[] model) {
        return new Round(
                "between",
                number,
                stage,
                Instant.EPOCH,
                0,
                Transfer.of(model),
                List.of(),
                List.of(),
                List.of(),
                Round.Outcome.NONE);
    }

    /** Sites and coordinators have no right to make topics where the topics were made for them. */
    @Test
    void shouldMakeNoTopicThatIsThereAndUseItsFirstPartitionAlone() throws Exception {
        try (TestFederation federation = federation("topics", 1);
                Admin admin = Admin.create(broker.connection())) {
            federation.link().close();
            admin.createPartitions(Map.of(FederationLink.UPDATES, NewPartitions.increaseTo(3)))
                    .all()
                    .get();
            long asked = askedForTopics();
            try (FederationLink link = federation.link()) {
                assertThat(askedForTopics()).isEqualTo(asked);
                long end = link.endOf(FederationLink.UPDATES);
                List<Envelope> records = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    records.add(Envelope.signed(
                            federation.coordinatorKeys, FederationLink.UPDATES, "key" + i, Map.of(), new byte[0]));
                }
                link.send(records);
                assertThat(link.readFrom(FederationLink.UPDATES, end, record -> !record.key()
                                .equals("key3")))
                        .extracting(Envelope::key)
                        .hasSize(9)
                        .doesNotContain("key3");
            }
        }
    }

    /** By the broker of this process. */
    private static long askedForTopics() throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        long asked = 0;
        for (ObjectName requests : beans.queryNames(
                new ObjectName("kafka.network:type=RequestMetrics,name=RequestsPerSec,request=CreateTopics,*"), null)) {
            asked += (long) beans.getAttribute(requests, "Count");
        }
        return asked;
    }

    @Test
    void shouldRefuseATopicThatLosesPartsOfUpdates() throws Exception {
        try (TestFederation federation = federation("compacted", 1);
                Admin admin = Admin.create(broker.connection())) {
            federation.link().close();
            clean(admin, "compact");
            assertThatThrownBy(federation::link)
                    .isInstanceOf(FederationException.Refused.class)
                    .hasMessageContaining("is compacted, and loses parts of updates: set its cleanup.policy to delete");
            clean(admin, "delete");
            federation.link().close();
        }
    }

    private static void clean(Admin admin, String policy) throws Exception {
        var change = new AlterConfigOp(new ConfigEntry("cleanup.policy", policy), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(
                        Map.of(new ConfigResource(ConfigResource.Type.TOPIC, FederationLink.UPDATES), List.of(change)))
                .all()
                .get();
    }

    @Test
    void shouldGiveWayToASecondCoordinatorOfTheSameName() throws Exception {
        try (TestFederation federation = federation("two", 3)) {
            Plan plan = federation.plan(TestFederation.PLAIN, 1, 2);
            var first = federation.coordinate(plan);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> !federation.coordinated.isEmpty());
            var second = federation.coordinate(plan);
            // The second one has taken over when it has read what is there: then the sites come.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> federation.connections.get() >= 2);
            joinAll(federation);

            assertThat(get(federation, second)).isPresent();
            Throwable failure = get(federation, first.handle((model, e) -> e.getCause()));
            assertThat(failure)
                    .isInstanceOf(FederationException.Refused.class)
                    .hasMessageContaining("another coordinator of this federation has started");
        }
    }

    @Test
    void shouldRefuseToGoOnWithOtherSettingsOrAnotherKey() throws Exception {
        try (TestFederation federation = federation("changed", 3)) {
            var first = federation.coordinate(federation.plan(TestFederation.PLAIN, 1, 2));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                    .until(() -> !federation.coordinated.isEmpty());
            federation.stop.set(true);
            assertThat(get(federation, first)).isEmpty();
            federation.stop.set(false);

            assertThat(federation.coordinate(federation.plan(TestFederation.PLAIN, 5, 2)))
                    .failsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
                    .withThrowableThat()
                    .withMessageContaining("was begun with other settings (rounds was 1 and is 5)");
        }
        try (TestFederation stranger =
                new TestFederation("changed", folder.resolve("stranger"), broker.connection(), 3)) {
            assertThat(stranger.coordinate(stranger.plan(TestFederation.PLAIN, 1, 2)))
                    .failsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
                    .withThrowableThat()
                    .withMessageContaining("federation changed was begun with another key");
        }
    }

    @Test
    void shouldTellTheEpsilonAndLeaveEachSiteItsNormalisation() throws Exception {
        try (TestFederation federation = federation("private", 3)) {
            // Each site's 16 faces weigh in full and the noise is small: three sites of this size still learn.
            federation.exampleCap = 16;
            var protection = new Plan.Protection(true, 10, 1000, 0.005, 1e-5, true);
            var coordinator = federation.coordinate(federation.plan(protection, 3, 3));
            var sites = joinAll(federation);
            var model = get(federation, coordinator).orElseThrow();

            double epsilon = new PrivacyAccountant(0.005, 1e-5).epsilon(3);
            assertThat(federation.readRounds().get(2).outcome().epsilon()).hasValue(epsilon);
            assertThat(model.get("encoder.stage0.a.gamma"))
                    .isEqualTo(federation.model.values().get("encoder.stage0.a.gamma"));
            assertThat(model.get("encoder.stage0.a.kernel"))
                    .isNotEqualTo(federation.model.values().get("encoder.stage0.a.kernel"));
            for (var site : sites) {
                assertThat(get(federation, site).orElseThrow().facts().get("Federation's protection"))
                        .startsWith("secure aggregation, differential privacy of a site: epsilon ");
            }
        }
    }

    @Test
    void shouldLetASiteRefuseWhatIsWorseOnItsOwnFaces() throws Exception {
        try (TestFederation federation = federation("refusing", 2)) {
            // No model is better than the first one by more than 1.
            federation.tolerance = -1.01;
            var coordinator = federation.coordinate(federation.plan(TestFederation.PLAIN, 1, 2));
            var sites = joinAll(federation);

            assertThat(get(federation, coordinator)).isPresent();
            for (var site : sites) {
                assertThat(get(federation, site)).isEmpty();
            }
            assertThat(federation.told)
                    .anyMatch(line -> line.matches(
                            "the model of round 1 on this site's .* refused: the model that this site has reaches .*"))
                    .contains("no model of the federation was taken: the site keeps what it has");
            assertThat(federation.readRounds().get(1).participants())
                    .noneMatch(participant -> participant.before().taken());
        }
    }

    @Test
    void shouldLetASiteRefuseAModelWhoseScoresAreNoNumbers() throws Exception {
        // With noise of this size the scores overflow, unless every channel of a layer ends at zero: not with so many.
        Map<String, String> wide = Map.of("encoder-widths", "32,32,32,32,32");
        try (TestFederation federation =
                new TestFederation("overflowing", folder.resolve("overflowing"), broker.connection(), 3, wide)) {
            var protection = new Plan.Protection(true, 1e15, 1000, 2, 1e-5, true);
            var coordinator = federation.coordinate(federation.plan(protection, 1, 3));
            var sites = joinAll(federation);

            assertThat(get(federation, coordinator)).isPresent();
            for (var site : sites) {
                assertThat(get(federation, site)).isEmpty();
            }
            assertThat(federation.told)
                    .anyMatch(
                            line -> line.startsWith(
                                    "the model of round 1 on this site's validation faces: a score is NaN or infinite, refused"));
        }
    }
}
