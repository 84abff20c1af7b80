package io.unmask.detector.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.detector.TestSettings;
import io.unmask.detector.publish.KafkaClients;
import io.unmask.model.federate.AgreementKeys;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.federate.VectorBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a site may send wrongly, or a stranger on purpose: it is refused, with its reason, and the round goes on. */
class RefusedInputTest {
    private static final TensorLayout LAYOUT =
            new TensorLayout(List.of(new TensorLayout.Tensor("head.kernel", List.of(300_000L), false)));
    private static final Transfer BASE = Transfer.of(new byte[] {1});
    private static final Plan.Network NETWORK =
            new Plan.Network("small", List.of("real", "fake"), LAYOUT.digest(), BASE);
    private static final Transfer START = Transfer.of(new byte[] {2});

    /** A public key with which every private key agrees on the same secret. */
    private static final String OF_SMALL_ORDER = "MCowBQYDK2VuAyEA" + "A".repeat(43) + "=";

    @TempDir
    Path folder;

    private final List<String> refused = new ArrayList<>();
    private SiteKeys bank;
    private SiteKeys press;
    private SiteKeys stranger;

    @BeforeEach
    void makeKeys() throws Exception {
        bank = SiteKeys.in(folder.resolve("bank"));
        press = SiteKeys.in(folder.resolve("press"));
        stranger = SiteKeys.in(folder.resolve("stranger"));
    }

    private Plan plan(boolean secure) {
        return plan(new Plan.Protection(secure, 10, 1000, 0, 1e-5, false));
    }

    private Plan plan(Plan.Protection protection) {
        return new Plan(
                "faces",
                3,
                1,
                60,
                protection,
                new Plan.Effort(1, 10, 1000),
                Map.of(),
                NETWORK,
                List.of(bank.member("bank"), press.member("press")));
    }

    private Round round(Round.Stage stage, List<String> survivors, String maskKey) {
        var before = new Round.Judgement(0.5, 0.7, false);
        return new Round(
                "faces",
                2,
                stage,
                Instant.EPOCH,
                0,
                START,
                stage == Round.Stage.OPEN ? List.of() : List.of(new Round.Participant("bank", 1000, maskKey, before)),
                survivors,
                List.of(),
                Round.Outcome.NONE);
    }

    private Inbox inbox(Plan plan, Round round) {
        return inbox(plan, LAYOUT, round);
    }

    private Inbox inbox(Plan plan, TensorLayout layout, Round round) {
        return new Inbox(plan, layout, round, new FederationListener() {
            @Override
            public void connected() {}

            @Override
            public void round(Plan of, Round reached) {}

            @Override
            public void refused(String site, String reason) {
                refused.add(site + ": " + reason);
            }

            @Override
            public void told(String line) {}

            @Override
            public void unreachable(String why) {}
        });
    }

    private static SiteMessage.Announcement announcement(Plan.Network network, long examples) {
        return announcement(network, examples, "", Map.of());
    }

    private static SiteMessage.Announcement announcement(
            Plan.Network network, long examples, String maskKey, Map<String, String> shares) {
        return new SiteMessage.Announcement(
                "faces", 2, "bank", examples, network, maskKey, shares, new Round.Judgement(0.6, 0.6, true));
    }

    private List<Envelope> update(float[] values) {
        return update(VectorBytes.of(values), 2, START.digest(), "");
    }

    private List<Envelope> update(byte[] bytes, long round, String start, String maskKey) {
        List<Envelope> records = new ArrayList<>(SiteMessages.chunks(
                bytes,
                new SiteMessages.Place(
                        FederationLink.UPDATES, "faces/bank", false, SiteMessages.headers("chunk", "faces", "bank")),
                bank));
        records.add(SiteMessages.envelope(
                new SiteMessage.Update("faces", round, "bank", start, maskKey, Transfer.of(bytes)), bank));
        return records;
    }

    private static float[] constant(double value) {
        var values = new float[LAYOUT.size()];
        Arrays.fill(values, (float) value);
        return values;
    }

    @Test
    void shouldTakeWhatIsFit() {
        Inbox open = inbox(plan(false), round(Round.Stage.OPEN, List.of(), ""));
        open.take(SiteMessages.envelope(announcement(NETWORK, 1000), bank));
        Inbox collecting = inbox(plan(false), round(Round.Stage.COLLECTING, List.of(), ""));
        List<Envelope> update = update(constant(0.001));
        assertThat(update).as("two chunks and what they are").hasSize(3).allSatisfy(record -> assertThat(record.value())
                .hasSizeLessThan(1 << 20));
        update.forEach(collecting::take);

        assertThat(open.announcements()).containsOnlyKeys("bank");
        assertThat(collecting.updates()).containsOnlyKeys("bank");
        assertThat(refused).isEmpty();
    }

    /** All refusals are in the round's record, which Kafka limits to a mebibyte. */
    @Test
    void shouldKeepTheRoundsRecordSmallWhateverASenderWrites() {
        Inbox inbox = inbox(plan(false), round(Round.Stage.OPEN, List.of(), ""));
        Map<String, String> endless = SiteMessages.headers("update", "faces", "x".repeat(500_000));
        inbox.take(Envelope.signed(stranger, FederationLink.UPDATES, "k", endless, new byte[1]));
        inbox.take(SiteMessages.envelope(announcement(NETWORK, 1000, "k".repeat(500_000), Map.of()), bank));

        Round told = round(Round.Stage.OPEN, List.of(), "").withRefusals(inbox.refusals());
        assertThat(FederationJson.bytes(told)).hasSizeLessThan(5_000);
        assertThat(inbox.announcements()).isEmpty();
        assertThat(refused).hasSize(2).contains("bank: it brings a mask key, and there are no masks");
    }

    @Test
    void shouldRefuseAStrangersUpdateAndOneInAnothersName() {
        Inbox inbox = inbox(plan(false), round(Round.Stage.OPEN, List.of(), ""));
        inbox.take(Envelope.signed(
                stranger,
                FederationLink.UPDATES,
                "k",
                SiteMessages.headers("update", "faces", "evil\u001b[2J"),
                new byte[1]));
        inbox.take(SiteMessages.envelope(announcement(NETWORK, 1000), stranger));
        inbox.take(Envelope.signed(
                press,
                FederationLink.UPDATES,
                "k",
                SiteMessages.headers("announcement", "faces", "press"),
                FederationJson.bytes(announcement(NETWORK, 1000))));

        assertThat(inbox.announcements()).isEmpty();
        assertThat(refused)
                .containsExactly(
                        "evil??2J: is not registered: give the coordinator its line of keys",
                        "bank: a record is not signed by its registered key",
                        "press: signed a record in the name of bank");
    }

    @Test
    void shouldRefuseARecordThatWasCutInTheMiddle() {
        Inbox inbox = inbox(plan(false), round(Round.Stage.OPEN, List.of(), ""));
        byte[] whole = FederationJson.bytes(announcement(NETWORK, 1000));
        Map<String, String> headers = SiteMessages.headers("announcement", "faces", "bank");
        Envelope signed = Envelope.signed(bank, FederationLink.UPDATES, "k", headers, whole);
        byte[] half = Arrays.copyOf(whole, whole.length / 2);
        inbox.take(new Envelope(FederationLink.UPDATES, "k", headers, half, signed.signature(), 0));
        inbox.take(Envelope.signed(bank, FederationLink.UPDATES, "k", headers, half));
        Inbox collecting = inbox(plan(false), round(Round.Stage.COLLECTING, List.of(), ""));
        List<Envelope> update = update(constant(0.001));
        collecting.take(update.get(1));
        collecting.take(update.get(2));

        assertThat(refused)
                .containsExactly(
                        "bank: a record is not signed by its registered key",
                        "bank: a record cannot be read, as if it had been cut",
                        "bank: its update did not arrive whole");
    }

    @Test
    void shouldRefuseAnotherArchitectureLabelSetOrBaseModel() {
        Inbox inbox = inbox(plan(false), round(Round.Stage.OPEN, List.of(), ""));
        Transfer other = Transfer.of(new byte[] {9});
        for (Plan.Network network : List.of(
                new Plan.Network("large", NETWORK.labels(), "0", BASE),
                new Plan.Network("small", List.of("cat", "dog"), NETWORK.layout(), BASE),
                new Plan.Network("small", NETWORK.labels(), NETWORK.layout(), other))) {
            inbox.take(SiteMessages.envelope(announcement(network, 1000), bank));
        }
        inbox.take(SiteMessages.envelope(announcement(NETWORK, 0), bank));

        assertThat(inbox.announcements()).isEmpty();
        assertThat(refused)
                .containsExactly(
                        "bank: another architecture: large, the federation trains small",
                        "bank: labels [cat, dog], the federation's are [real, fake]",
                        "bank: another base model: " + other.digest() + ", the federation starts from " + BASE.digest(),
                        "bank: 0 examples");
    }

    @Test
    void shouldRefuseAnUpdateThatIsNoNumberOrExplodes() {
        float[] nan = constant(0);
        nan[7] = Float.NaN;
        for (float[] values : List.of(nan, constant(1), new float[3])) {
            Inbox inbox = inbox(plan(false), round(Round.Stage.COLLECTING, List.of(), ""));
            update(values).forEach(inbox::take);
            assertThat(inbox.updates()).isEmpty();
        }
        assertThat(refused)
                .containsExactly(
                        "bank: its update has values that are NaN or infinite",
                        "bank: its update of norm 548 is not clipped to 10.0",
                        "bank: its update has 12 bytes, not 1200000");
    }

    @Test
    void shouldSayWhenItIsTheStatisticsThatExplode() {
        var layout = new TensorLayout(List.of(
                new TensorLayout.Tensor("head.kernel", List.of(2L), false),
                new TensorLayout.Tensor("norm.mean", List.of(1L), true)));
        Inbox inbox = inbox(plan(false), layout, round(Round.Stage.COLLECTING, List.of(), ""));
        update(new float[] {1, 1, 5000}).forEach(inbox::take);

        assertThat(inbox.updates()).isEmpty();
        assertThat(refused)
                .containsExactly("bank: its update of norm 5.00e+03 of the statistics is not clipped to 1.00e+03");
    }

    @Test
    void shouldRefuseAnUpdateThatIsLongerThanClippingAndNoiseMakeIt() {
        var noisy = new Plan.Protection(false, 10, 1000, 0.1, 1e-5, false);
        Plan plan = plan(noisy);
        float[] clipped = plan.bounds().clip(LAYOUT, constant(1));
        Inbox inbox = inbox(plan, round(Round.Stage.COLLECTING, List.of(), ""));
        update(constant(1.1)).forEach(inbox::take);
        assertThat(inbox.updates()).isEmpty();
        update(plan.noise().orElseThrow().add(clipped, new Random(1))).forEach(inbox::take);

        assertThat(inbox.updates()).containsOnlyKeys("bank");
        assertThat(refused).containsExactly("bank: its update of norm 602 is not clipped to 10.0");
    }

    @Test
    void shouldRefuseALateUpdateAndCountIt() {
        Inbox inbox = inbox(plan(false), round(Round.Stage.CLOSED, List.of("press"), ""));
        update(constant(0.001)).forEach(inbox::take);
        update(constant(0.001)).forEach(inbox::take);
        update(VectorBytes.of(constant(0.001)), 1, START.digest(), "").forEach(inbox::take);

        assertThat(inbox.updates()).isEmpty();
        assertThat(inbox.refusals())
                .containsExactly(
                        new Round.Refusal("bank", "its update of round 2 came after that round was closed", 2),
                        new Round.Refusal("bank", "its update of round 1 came after that round was closed", 1));
    }

    @Test
    void shouldRefuseAnUpdateOfAnotherStartOrWithOldKeysOrUnannounced() {
        byte[] values = VectorBytes.of(constant(0.001));
        Inbox inbox = inbox(plan(true), round(Round.Stage.COLLECTING, List.of(), "this round's"));
        update(values, 2, "another", "this round's").forEach(inbox::take);
        update(values, 2, START.digest(), "the last round's").forEach(inbox::take);
        Inbox nobody = inbox(plan(true), round(Round.Stage.OPEN, List.of(), ""));
        update(values, 2, START.digest(), "").forEach(nobody::take);

        assertThat(refused)
                .containsExactly(
                        "bank: its update starts from another model: another",
                        "bank: its update is masked with keys that are not this round's",
                        "bank: sent an update without having announced itself in time");
    }

    @Test
    void shouldLetTheFirstKeysOfARoundCount() {
        Inbox inbox = inbox(plan(true), round(Round.Stage.OPEN, List.of(), ""));
        Map<String, String> shares = Map.of("bank", "a.b", "press", "a.b");
        String first = key();
        inbox.take(SiteMessages.envelope(announcement(NETWORK, 10, "no key", shares), bank));
        inbox.take(SiteMessages.envelope(announcement(NETWORK, 10, OF_SMALL_ORDER, shares), bank));
        inbox.take(SiteMessages.envelope(announcement(NETWORK, 10, first, Map.of()), bank));
        Map<String, String> none = new HashMap<>(shares);
        none.put("press", null);
        inbox.take(SiteMessages.envelope(announcement(NETWORK, 10, first, none), bank));
        inbox.take(SiteMessages.envelope(announcement(NETWORK, 10, first, shares), bank));
        inbox.take(SiteMessages.envelope(announcement(NETWORK, 10, key(), shares), bank));

        assertThat(inbox.announcements().get("bank").maskKey()).isEqualTo(first);
        assertThat(refused)
                .containsExactly(
                        "bank: its mask key is no X25519 key that can be used",
                        "bank: its mask key is no X25519 key that can be used",
                        "bank: it shares its secrets with too few members",
                        "bank: it shares its secrets with too few members",
                        "bank: announced itself again with other keys; the first ones count");
    }

    private static String key() {
        return Base64.getEncoder()
                .encodeToString(AgreementKeys.generate().getPublic().getEncoded());
    }

    @Test
    void shouldKeepNoMoreThanAnUpdateOfWhatASiteSends() {
        Inbox inbox = inbox(plan(false), round(Round.Stage.COLLECTING, List.of(), ""));
        for (String index : List.of("2", "-1", "x", "99999999999")) {
            Map<String, String> headers = new HashMap<>(SiteMessages.headers("chunk", "faces", "bank"));
            headers.put(Envelope.DIGEST, "d");
            headers.put(Envelope.INDEX, index);
            inbox.take(Envelope.signed(bank, FederationLink.UPDATES, "k", headers, new byte[10]));
        }
        var chunks = new ChunkAssembler(10);
        assertThat(chunks.whole("bank", new Transfer("d", 10, Integer.MAX_VALUE)))
                .isEmpty();
        assertThat(refused).isEmpty();
    }

    @Test
    void shouldSayWhatIsWrongWithARegisterOfSites() throws Exception {
        Path file = folder.resolve("sites.txt");
        Files.writeString(file, "# sites\n\n" + bank.member("bank") + "\npress AAAA BBBB\n");
        assertThatThrownBy(() -> Member.readAll(file))
                .isInstanceOf(FederationException.Refused.class)
                .hasMessageStartingWith(file + ":4: must be PSEUDONYM SIGNING-KEY AGREEMENT-KEY");
        Member weak = new Member("press", press.publicSigningKey(), OF_SMALL_ORDER);
        Files.writeString(file, weak + "\n");
        assertThatThrownBy(() -> Member.readAll(file)).hasMessageContaining("(Point has small order)");
        Files.writeString(file, bank.member("bank") + "\n" + bank.member("again") + "\n");
        assertThatThrownBy(() -> Member.readAll(file)).hasMessageContaining(":2: again or its key is registered twice");
        Files.writeString(file, bank.member("bank") + "\n" + press.member("press") + "\n");
        assertThat(Member.readAll(file)).containsExactly(bank.member("bank"), press.member("press"));
    }

    @Test
    void shouldTryAgainWhenABrokerIsNotCountedYet() {
        var clients =
                new KafkaClients(TestSettings.kafka(Optional.empty()), Map.of("bootstrap.servers", "127.0.0.1:9092"));
        assertThat(FederationLink.failure(clients, new InvalidReplicationFactorException("All brokers are fenced.")))
                .isInstanceOf(FederationException.Unavailable.class)
                .hasMessage("Kafka at 127.0.0.1:9092 (the embedded broker) has too few brokers for a topic now: All"
                        + " brokers are fenced.");
        assertThat(FederationLink.failure(clients, new TopicAuthorizationException("federation.rounds")))
                .isInstanceOf(FederationException.Refused.class);
    }

    @Test
    void shouldTryAgainWhenNoHostCanBeResolved() {
        // No legal name, so that no resolver is asked for it.
        Map<String, Object> nowhere = Map.of("bootstrap.servers", "kafka..invalid:9092");
        assertThatThrownBy(() -> FederationLink.open(TestSettings.kafka(Optional.empty()), nowhere, Optional.empty()))
                .isInstanceOf(FederationException.Unavailable.class)
                .hasMessage(
                        "no host of kafka..invalid:9092 (the embedded broker) has an address now: check the name and"
                                + " the network");
        Map<String, Object> wrong = Map.of("bootstrap.servers", "127.0.0.1:9092", "security.protocol", "SSH");
        assertThatThrownBy(() -> FederationLink.open(TestSettings.kafka(Optional.empty()), wrong, Optional.empty()))
                .isInstanceOf(FederationException.Refused.class)
                .hasMessageContaining("SSH");
    }

    @Test
    void shouldTellOfAFederationThatAnotherKeyHasBegun() {
        var state = new FederationState("faces", Optional.of(bank.publicSigningKey()));
        Map<String, String> headers = SiteMessages.headers(FederationState.PLAN, "faces", press.publicSigningKey());
        state.take(Envelope.signed(
                stranger, FederationLink.ROUNDS, "faces/plan", headers, FederationJson.bytes(plan(false))));
        assertThat(state.otherKey()).as("a lie").isEmpty();
        state.take(Envelope.signed(
                press, FederationLink.ROUNDS, "faces/plan", headers, FederationJson.bytes(plan(false))));

        assertThat(state.plan()).isEmpty();
        assertThat(state.otherKey()).hasValue(press.publicSigningKey());
    }

    @Test
    void shouldSayWhyAPlanProtectsNobody() {
        assertThat(faultOf(true, 2, 0, false)).get().asString().contains("a quorum of 3 or more");
        assertThat(faultOf(true, 3, 0, false)).get().asString().contains("--quorum 3: only 2 sites are registered");
        assertThat(faultOf(false, 1, 1, true)).get().asString().contains("--batch-norm local");
        assertThat(faultOf(false, 1, 1, false)).isEmpty();
    }

    private Optional<String> faultOf(boolean secure, int quorum, double noise, boolean statistics) {
        Plan plan = plan(secure);
        var protection = new Plan.Protection(secure, 10, 1000, noise, 1e-5, false);
        return new Plan("faces", 3, quorum, 60, protection, plan.effort(), Map.of(), NETWORK, plan.members())
                .fault(statistics);
    }

    @Test
    void shouldKeepKeysAndNameAFileThatIsDamaged() throws Exception {
        assertThat(SiteKeys.in(folder.resolve("bank")).member("bank")).isEqualTo(bank.member("bank"));
        Files.writeString(folder.resolve("bank/keys"), "damaged", StandardCharsets.UTF_8);
        assertThatThrownBy(() -> SiteKeys.in(folder.resolve("bank")))
                .hasMessageContaining("bank/keys: the keys cannot be read");
    }
}
