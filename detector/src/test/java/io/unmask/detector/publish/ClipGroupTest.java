package io.unmask.detector.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.publish.ClipGroup.Clip;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ClipGroupTest {
    private static final String MEMBER = "member";

    private static Settings settings;
    private static BrokerLease broker;

    @BeforeAll
    static void startBroker(@TempDir Path data) {
        settings = TestSettings.in(data);
        broker = Brokers.obtain(settings);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void shouldCountAResultThatKafkaNeverTakesAsAFailedAttempt() throws Exception {
        byte[] tooLarge = new byte[ClipTopics.MAX_STATE_BYTES + 1];
        try (ClipGroup group = join(settings)) {
            try (var producer =
                    new KafkaProducer<>(broker.connection(), new StringSerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>("unmask.clips", 0, "door", new byte[] {1}))
                        .get();
            }
            List<Clip> clips = poll(group);
            assertThat(group.failedAttempts(clips.get(0))).isZero();

            assertThatThrownBy(() -> group.commit(
                            clips,
                            new ClipGroup.Result(
                                    List.of(), Map.of(0, Map.of("door", Optional.of(tooLarge))), Optional.empty())))
                    .isInstanceOf(PublishException.Undeliverable.class);
        }

        try (ClipGroup again = join(settings)) {
            assertThat(again.failedAttempts(poll(again).get(0))).isEqualTo(1);
        }
    }

    @Test
    void shouldNotCallAPartitionAnothersWhenItLeavesTheGroupItself() {
        Noting noting = new Noting();
        try (ClipGroup group = ClipGroup.join(settings, broker.connection(), noting, 4, MEMBER)) {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                group.poll(Duration.ofMillis(100));
                return !noting.assigned.isEmpty();
            });
        }

        assertThat(noting.revoked).isEmpty();
    }

    @Test
    void shouldLetGoOfFacesInTimeAlsoOfThoseThatWereSetAside() throws Exception {
        join(settings).close();
        String hour = String.valueOf(TimeUnit.HOURS.toMillis(1));
        try (Admin admin = Admin.create(broker.connection())) {
            for (String topic : List.of("unmask.clips", "unmask.clips.dlq")) {
                ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
                var config =
                        admin.describeConfigs(List.of(resource)).all().get().get(resource);
                assertThat(config.get("retention.ms").value()).isEqualTo(hour);
                assertThat(config.get("segment.ms").value()).isEqualTo(hour);
            }
        }
    }

    @Test
    void shouldTellOfTopicsThatKeepFacesForLongerIfTheBrokerSaysHowLong() {
        ClipTopics topics = new ClipTopics(settings.workers());
        ConfigEntry hour = new ConfigEntry("segment.ms", String.valueOf(TimeUnit.HOURS.toMillis(1)));
        ConfigEntry ever = new ConfigEntry("retention.ms", String.valueOf(Long.MAX_VALUE));

        assertThat(topics.longerRetention(new Config(List.of(ever, hour))))
                .contains("retention.ms=9223372036854775807 and segment.ms=3600000");
        assertThat(topics.longerRetention(new Config(List.of(new ConfigEntry("retention.ms", "3600000"), hour))))
                .isEmpty();
        assertThat(topics.longerRetention(new Config(List.of(ever)))).isEmpty();
        assertThat(topics.longerRetention(new Config(List.of(new ConfigEntry("retention.ms", null), hour))))
                .isEmpty();
    }

    @Test
    void shouldNameAPropertyThatTheGroupCannotHave() {
        Map<String, Object> connection = new HashMap<>(broker.connection());
        connection.put("session.timeout.ms", "10000");

        assertThatThrownBy(() -> ClipGroup.join(settings, connection, new Noting(), 4, MEMBER))
                .isInstanceOf(PublishException.class)
                .hasMessageContaining("session.timeout.ms");
    }

    private static ClipGroup join(Settings settings) {
        return ClipGroup.join(settings, broker.connection(), new Noting(), 4, MEMBER);
    }

    private static List<Clip> poll(ClipGroup group) {
        List<Clip> clips = new ArrayList<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> clips.addAll(group.poll(Duration.ofMillis(100))) || !clips.isEmpty());
        return clips;
    }

    private static final class Noting implements ClipGroup.Keeper {
        private final List<Integer> assigned = new ArrayList<>();
        private final List<Integer> revoked = new ArrayList<>();

        @Override
        public void assigned(int partition, Map<String, byte[]> states) {
            assigned.add(partition);
        }

        @Override
        public void revoked(int partition) {
            revoked.add(partition);
        }
    }
}
