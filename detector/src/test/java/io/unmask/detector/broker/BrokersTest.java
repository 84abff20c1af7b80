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
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
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
        String cluster = clusterId(first.bootstrapServers());
        try (BrokerLease second = Brokers.obtain(TestSettings.in(data))) {
            assertThat(second.origin()).isEqualTo(Origin.SHARED);
            assertThat(second.bootstrapServers()).isEqualTo(first.bootstrapServers());
            first.close();
            Path told = data.resolve("broker/broker.json");
            Awaitility.await().until(() -> Files.exists(told));
            assertThat(clusterId(second.bootstrapServers())).isEqualTo(cluster);
        }
        assertThat(data.resolve("broker/broker.json")).doesNotExist();
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

    private static String clusterId(String bootstrapServers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return admin.describeCluster().clusterId().get();
        }
    }
}
