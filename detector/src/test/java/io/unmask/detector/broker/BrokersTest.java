package io.unmask.detector.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease.Origin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokersTest {
    @TempDir
    Path data;

    @Test
    void shouldServeTheSameClusterAfterARestartAndWhenASharerTakesOver() throws Exception {
        Files.createDirectories(data.resolve("broker"));
        Files.writeString(data.resolve("broker/broker.json"), "{\"host\":\"127.0.0.1\",\"port\":1,\"pid\":1}");
        BrokerLease first = Brokers.obtain(TestSettings.in(data));
        assertThat(first.origin())
                .as("the file of a killed broker counts for nothing")
                .isEqualTo(Origin.STARTED);
        String cluster = clusterId(first);
        try (BrokerLease second = Brokers.obtain(TestSettings.in(data))) {
            assertThat(second.origin()).isEqualTo(Origin.SHARED);
            assertThat(second.bootstrapServers()).isEqualTo(first.bootstrapServers());
            first.close();
            Path told = data.resolve("broker/broker.json");
            Awaitility.await().until(() -> Files.exists(told));
            assertThat(clusterId(second)).isEqualTo(cluster);
        }
        assertThat(data.resolve("broker/broker.json")).doesNotExist();
    }

    @Test
    void shouldLetInNobodyWithoutTheSecretOfItsFolder() throws Exception {
        try (BrokerLease broker = Brokers.obtain(TestSettings.in(data))) {
            Map<String, Object> stranger = new HashMap<>(Map.of("bootstrap.servers", broker.bootstrapServers()));
            stranger.putAll(Map.of("default.api.timeout.ms", 2_000, "request.timeout.ms", 2_000));
            assertRefused(stranger, TimeoutException.class);

            stranger.putAll(broker.connection());
            stranger.put("sasl.jaas.config", guessed(broker));
            assertRefused(stranger, SaslAuthenticationException.class);
            assertThat(topics(broker)).isEmpty();
        }
    }

    @Test
    void shouldKeepEverythingOfTheBrokerFromOtherUsers() throws Exception {
        try (BrokerLease broker = Brokers.obtain(TestSettings.in(data))) {
            assertThat(topics(broker)).isEmpty();
            Path folder = data.resolve("broker");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("log"))))
                    .isEqualTo("rwx------");
            for (String secret : List.of("client.properties", "librdkafka.conf")) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(secret))))
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void shouldMakeANewSecretWhenTheOldOneWasDeletedAndKeepItOtherwise() throws Exception {
        Map<String, Object> first = connectionOfARun();
        assertThat(connectionOfARun().get("sasl.jaas.config")).isEqualTo(first.get("sasl.jaas.config"));

        Files.delete(data.resolve("broker/librdkafka.conf"));
        assertThat(connectionOfARun().get("sasl.jaas.config")).isNotEqualTo(first.get("sasl.jaas.config"));
    }

    private Map<String, Object> connectionOfARun() throws Exception {
        try (BrokerLease broker = Brokers.obtain(TestSettings.in(data))) {
            assertThat(topics(broker)).isEmpty();
            return broker.connection();
        }
    }

    private static String guessed(BrokerLease broker) {
        return broker.connection()
                .get("sasl.jaas.config")
                .toString()
                .replaceFirst("password=\"[^\"]+", "password=\"guess");
    }

    private static void assertRefused(Map<String, Object> stranger, Class<? extends Exception> reason) {
        try (Admin admin = Admin.create(stranger)) {
            NewTopic topic = new NewTopic("mine", 1, (short) 1);
            assertThatThrownBy(() -> admin.createTopics(List.of(topic)).all().get())
                    .hasCauseInstanceOf(reason);
        }
    }

    private static Set<String> topics(BrokerLease broker) throws Exception {
        try (Admin admin = Admin.create(broker.connection())) {
            return admin.listTopics().names().get();
        }
    }

    @Test
    void shouldStartNothingWhenServersAreConfigured() {
        Settings defaults = TestSettings.in(data);
        Settings configured = TestSettings.kafkaAt(defaults, "kafka.example:9092");
        try (BrokerLease lease = Brokers.obtain(configured)) {
            assertThat(lease.origin()).isEqualTo(Origin.CONFIGURED);
            assertThat(lease.bootstrapServers()).isEqualTo("kafka.example:9092");
        }
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void shouldSayWhatToDoWhenThePortIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Settings settings = TestSettings.in(data, new Settings.Broker(other.getLocalPort(), 1));
            for (int attempt = 0; attempt < 2; attempt++) {
                // The second attempt shows that the first left no lock.
                assertThatThrownBy(() -> Brokers.obtain(settings))
                        .isInstanceOf(BrokerException.class)
                        .hasMessageContaining("port " + other.getLocalPort() + " on 127.0.0.1 is taken")
                        .hasMessageContaining("broker.port")
                        .hasMessageNotContaining("\n");
            }
        }
    }

    @Test
    void shouldNameTheFolderWhenItsDataIsDamaged() throws IOException {
        Path logs = Files.createDirectories(data.resolve("broker/log"));
        Files.writeString(logs.resolve("meta.properties"), "version=1\nnode.id=not a number\n");
        assertThatThrownBy(() -> Brokers.obtain(TestSettings.in(data)))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(logs.toString())
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldNameTheFolderThatKafkaWouldTakeForTwo() {
        Path two = data.resolve("Mueller, Anna");
        assertThatThrownBy(() -> Brokers.obtain(TestSettings.in(two)))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(two.toString())
                .hasMessageContaining("set data-directory");
    }

    @Test
    void shouldNameTheFolderWhenItCannotBeMade() throws IOException {
        Files.writeString(data.resolve("broker"), "a file where the folder should be");
        assertThatThrownBy(() -> Brokers.obtain(TestSettings.in(data)))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(data.resolve("broker").toString())
                .hasMessageContaining("set data-directory");
    }

    @Test
    void shouldNotLetKafkaEndTheProcess() {
        KafkaExit.forbid();
        assertThatThrownBy(() -> Exit.halt(1, "all log dirs have failed"))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("all log dirs have failed");
        assertThatThrownBy(() -> Exit.exit(1)).isInstanceOf(BrokerException.class);
    }

    private static String clusterId(BrokerLease broker) throws Exception {
        try (Admin admin = Admin.create(broker.connection())) {
            return admin.describeCluster().clusterId().get();
        }
    }
}
