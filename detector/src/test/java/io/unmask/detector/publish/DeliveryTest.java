package io.unmask.detector.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventSerializer;
import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.publish.VerdictConsumer.Start;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** On a real broker; each test has a topic of its own. */
class DeliveryTest {
    private static final Duration DRAIN = Duration.ofSeconds(20);

    @TempDir
    static Path brokerData;

    @TempDir
    Path data;

    private static BrokerLease broker;

    @BeforeAll
    static void startBroker() {
        broker = Brokers.obtain(TestSettings.in(brokerData));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void shouldBringKeyHeadersAndDataThroughKafka(TestInfo test) {
        Settings.Kafka kafka = topic(test);
        Verdict verdict = Verdicts.fake("clip é 1", 7);
        publish(kafka, List.of(VerdictEvent.of(verdict)));

        ConsumerRecord<String, byte[]> message = onlyMessage(kafka);
        assertThat(message.key()).isEqualTo("clip é 1");
        Map<String, String> headers = new HashMap<>();
        message.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        assertThat(headers)
                .containsEntry("ce_specversion", "1.0")
                .containsEntry("ce_id", verdict.id())
                .containsEntry("ce_type", "io.unmask.verdict.clip.v1")
                .containsEntry("ce_source", "/unmask/stream/clip%20%C3%A9%201")
                .containsEntry("ce_subject", "face/1")
                .containsEntry("ce_time", "2026-11-21T10:15:32.25Z")
                .containsEntry("ce_partitionkey", "clip é 1")
                .containsEntry("ce_sequence", "000000000007")
                .containsEntry("ce_dataschema", "urn:unmask:schema:verdict-v1")
                .containsEntry("content-type", "application/json");
        assertThat(new String(message.value(), StandardCharsets.UTF_8)).contains("\"verdict\":\"fake\"");
        assertThat(read(kafka)).extracting(VerdictEvent::parse).containsExactly(verdict);
    }

    @Test
    void shouldKeepEachStreamsOrder(TestInfo test) {
        Settings.Kafka kafka = topic(test);
        List<CloudEvent> events = LongStream.range(0, 1_500)
                .mapToObj(n -> VerdictEvent.of(Verdicts.noFace("stream" + n % 3, n)))
                .toList();
        publish(kafka, events);
        List<CloudEvent> read = read(kafka);
        assertThat(read).hasSize(1_500);
        for (int stream = 0; stream < 3; stream++) {
            String key = "stream" + stream;
            assertThat(read.stream()
                            .filter(event -> VerdictEvent.key(event).equals(key))
                            .map(VerdictEvent::sequence))
                    .isSorted()
                    .hasSize(500);
        }
    }

    @Test
    void shouldWaitForTheBrokersThatATopicNeeds(TestInfo test) {
        NewTopic spread = new NewTopic("spread", 1, (short) 3);
        KafkaClients clients = new KafkaClients(topic(test), broker.connection());
        try (Admin admin = clients.admin()) {
            Throwable missing = catchThrowable(
                    () -> admin.createTopics(List.of(spread)).all().get());
            assertThat(clients.failure(missing.getCause())).isInstanceOf(PublishException.Unavailable.class);
        }
    }

    @Test
    void shouldGoOnAsSoonAsTheOutboxCanBeReadAgain(TestInfo test) throws SQLException {
        Path file = data.resolve("outbox.sqlite");
        try (Outbox outbox = Outbox.open(file, 10);
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = other.createStatement()) {
            outbox.append(List.of(VerdictEvent.of(Verdicts.fake("a", 0))));
            statement.execute("alter table event rename to hidden");
            try (KafkaPublisher publisher =
                    KafkaPublisher.start(topic(test), outbox, CompletableFuture.completedFuture(broker.connection()))) {
                Awaitility.await().until(() -> publisher.trouble().isPresent());
                statement.execute("alter table hidden rename to event");

                assertThat(publisher.drain(DRAIN)).isZero();
            }
        }
    }

    @Test
    void shouldParkAnEventThatTheTopicCannotTakeAndDeliverTheRest(TestInfo test) throws Exception {
        Settings.Kafka kafka = topic(test);
        CloudEvent large = VerdictEvent.of(Verdicts.fake("a".repeat(3_000), 1));
        try (Admin admin = Admin.create(broker.connection())) {
            admin.createTopics(List.of(
                            new NewTopic(kafka.topic(), 1, (short) 1).configs(Map.of("max.message.bytes", "8000"))))
                    .all()
                    .get();
        }
        try (Outbox outbox = outbox();
                KafkaPublisher publisher =
                        KafkaPublisher.start(kafka, outbox, CompletableFuture.completedFuture(broker.connection()))) {
            publisher.publish(
                    List.of(VerdictEvent.of(Verdicts.fake("a", 0)), large, VerdictEvent.of(Verdicts.fake("a", 2))));

            assertThat(publisher.drain(DRAIN)).as("left in the outbox").isZero();
            assertThat(outbox.parked().list()).singleElement().satisfies(parked -> {
                assertThat(parked.id()).isEqualTo(large.getId());
                assertThat(parked.reason()).contains("refuses an event for topic " + kafka.topic());
            });
        }
        assertThat(read(kafka)).extracting(CloudEvent::getId).containsExactly("a-CLIP-0", "a-CLIP-2");
    }

    @Test
    void shouldDeliverWhatWasParkedOnceItsCauseIsMended(TestInfo test) {
        Settings.Kafka kafka = topic(test);
        try (Outbox outbox = outbox()) {
            outbox.append(List.of(VerdictEvent.of(Verdicts.fake("a", 0))));
            outbox.parked().park(outbox.pending(1).get(0).position(), "too large");
            outbox.parked().retry(outbox.parked().list());
        }
        publish(kafka, List.of(VerdictEvent.of(Verdicts.fake("a", 1))));

        assertThat(read(kafka)).extracting(CloudEvent::getId).containsExactlyInAnyOrder("a-CLIP-0", "a-CLIP-1");
    }

    @Test
    void shouldShowReplayedVerdictsOnce(TestInfo test) {
        Settings.Kafka kafka = topic(test);
        List<CloudEvent> events =
                List.of(VerdictEvent.of(Verdicts.fake("a", 0)), VerdictEvent.of(Verdicts.fake("a", 1)));
        publish(kafka, events);
        publish(kafka, events);
        assertThat(read(kafka)).extracting(CloudEvent::getId).containsExactly("a-CLIP-0", "a-CLIP-1");
    }

    @Test
    void shouldReadOnlyWhatIsPublishedAfterOpeningWhenStartedNow(TestInfo test) {
        Settings.Kafka kafka = topic(test);
        publish(kafka, List.of(VerdictEvent.of(Verdicts.fake("a", 0))));
        try (VerdictConsumer consumer = VerdictConsumer.open(kafka, broker.connection(), Start.NOW)) {
            publish(kafka, List.of(VerdictEvent.of(Verdicts.fake("a", 1))));
            List<CloudEvent> read = new ArrayList<>();
            Awaitility.await().until(() -> read.addAll(consumer.poll(Duration.ofMillis(100))) || !read.isEmpty());
            assertThat(read).extracting(CloudEvent::getId).containsExactly("a-CLIP-1");
        }
    }

    @Test
    void shouldReadPartitionsThatTheTopicIsGivenLater(TestInfo test) throws Exception {
        Settings.Kafka kafka = topic(test, Map.of("metadata.max.age.ms", "100"));
        CloudEvent event = VerdictEvent.of(Verdicts.fake("a", 0));
        try (VerdictConsumer consumer = VerdictConsumer.open(kafka, broker.connection(), Start.NOW);
                Admin admin = Admin.create(broker.connection());
                var producer =
                        new KafkaProducer<>(broker.connection(), new StringSerializer(), new CloudEventSerializer())) {
            admin.createPartitions(Map.of(kafka.topic(), NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            producer.send(new ProducerRecord<>(kafka.topic(), 1, "a", event)).get();

            List<CloudEvent> read = new ArrayList<>();
            Awaitility.await().until(() -> read.addAll(consumer.poll(Duration.ofMillis(100))) || !read.isEmpty());
            assertThat(read).extracting(CloudEvent::getId).containsExactly(event.getId());
        }
    }

    @Test
    void shouldTellOfATopicThatRefusesEventsForAsLongAsItDoes(TestInfo test) throws Exception {
        // Each event is too old for the topic by the time it is sent.
        Settings.Kafka kafka = topic(test, Map.of("linger.ms", "50"));
        Map<String, String> refusing = Map.of("message.timestamp.before.max.ms", "1");
        try (Admin admin = Admin.create(broker.connection())) {
            admin.createTopics(List.of(new NewTopic(kafka.topic(), 1, (short) 1).configs(refusing)))
                    .all()
                    .get();
        }
        try (Outbox outbox = outbox();
                KafkaPublisher publisher =
                        KafkaPublisher.start(kafka, outbox, CompletableFuture.completedFuture(broker.connection()))) {
            publisher.publish(List.of(VerdictEvent.of(Verdicts.fake("a", 0))));
            Awaitility.await().until(() -> publisher.trouble().isPresent());

            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .during(Duration.ofMillis(1_500))
                    .until(() -> publisher.trouble().isPresent());
        }
    }

    @Test
    void shouldRelayWhatAnEarlierRunCouldNotDeliver(TestInfo test) {
        Settings.Kafka kafka = topic(test);
        try (Outbox outbox = outbox();
                KafkaPublisher publisher = KafkaPublisher.start(kafka, outbox, new CompletableFuture<>())) {
            publisher.publish(List.of(VerdictEvent.of(Verdicts.fake("a", 0))));
            assertThat(publisher.drain(Duration.ZERO)).isEqualTo(1);
        }
        publish(kafka, List.of(VerdictEvent.of(Verdicts.fake("a", 1))));
        assertThat(read(kafka)).extracting(CloudEvent::getId).containsExactly("a-CLIP-0", "a-CLIP-1");
    }

    private void publish(Settings.Kafka kafka, List<CloudEvent> events) {
        try (Outbox outbox = outbox();
                KafkaPublisher publisher =
                        KafkaPublisher.start(kafka, outbox, CompletableFuture.completedFuture(broker.connection()))) {
            publisher.publish(events);
            assertThat(publisher.drain(DRAIN)).as("left in the outbox").isZero();
        }
    }

    private Outbox outbox() {
        return Outbox.open(data.resolve("outbox.sqlite"), 100);
    }

    private static List<CloudEvent> read(Settings.Kafka kafka) {
        List<CloudEvent> events = new ArrayList<>();
        try (VerdictConsumer consumer = VerdictConsumer.open(kafka, broker.connection(), Start.BEGINNING)) {
            while (!consumer.isCaughtUp()) {
                events.addAll(consumer.poll(Duration.ofMillis(100)));
            }
        }
        return events;
    }

    private static ConsumerRecord<String, byte[]> onlyMessage(Settings.Kafka kafka) {
        TopicPartition partition = new TopicPartition(kafka.topic(), 0);
        try (Consumer<String, byte[]> consumer = new KafkaClients(kafka, broker.connection()).consumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<ConsumerRecord<String, byte[]>> messages = new ArrayList<>();
            Awaitility.await().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(messages::add);
                return !messages.isEmpty();
            });
            assertThat(messages).hasSize(1);
            return messages.get(0);
        }
    }

    private static Settings.Kafka topic(TestInfo test) {
        return topic(test, Map.of());
    }

    private static Settings.Kafka topic(TestInfo test, Map<String, String> properties) {
        Settings.Kafka kafka = TestSettings.kafka(Optional.empty());
        return new Settings.Kafka(
                kafka.bootstrapServers(),
                test.getTestMethod().orElseThrow().getName(),
                kafka.connectTimeoutMs(),
                properties);
    }
}
