package io.unmask.detector.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.unmask.config.Settings;
import io.unmask.detector.TestPorts;
import io.unmask.detector.publish.VerdictConsumer.Start;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreachableBrokerTest {
    @TempDir
    Path data;

    private Outbox outbox;

    @BeforeEach
    void open() {
        outbox = Outbox.open(data.resolve("outbox.sqlite"), 1);
    }

    @AfterEach
    void close() {
        outbox.close();
    }

    @Test
    void shouldNameAddressAndSettingAndKeepTheVerdictWhenNobodyListens() throws IOException {
        String address = unusedAddress();
        try (KafkaPublisher publisher = publisher(address)) {
            publisher.publish(List.of(VerdictEvent.of(Verdicts.fake("a", 0))));
            assertThat(trouble(publisher))
                    .isInstanceOf(PublishException.Unavailable.class)
                    .hasMessageContaining(address)
                    .hasMessageContaining("kafka.bootstrap-servers")
                    .hasMessageNotContaining("\n");
            assertThat(publisher.drain(Duration.ZERO)).isEqualTo(1);
            assertThat(publisher.trouble()).containsInstanceOf(PublishException.Unavailable.class);
        }
        assertThat(outbox.pendingCount()).isEqualTo(1);
    }

    @Test
    void shouldNameTheAddressWhenAProgramListensThatIsNotKafka() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                KafkaPublisher publisher = publisher("127.0.0.1:" + silent.getLocalPort())) {
            assertThat(trouble(publisher))
                    .isInstanceOf(PublishException.class)
                    .hasMessageContaining("127.0.0.1:" + silent.getLocalPort());
        }
    }

    @Test
    void shouldNameTheAddressWhenItsHostIsUnknown() {
        try (KafkaPublisher publisher = publisher("no-such-host.invalid:9092")) {
            assertThat(trouble(publisher))
                    .isInstanceOf(PublishException.class)
                    .hasMessageContaining("no-such-host.invalid:9092");
        }
    }

    @Test
    void shouldRefuseAnAddressWithoutAPort() {
        try (KafkaPublisher publisher = publisher("localhost")) {
            assertThat(trouble(publisher))
                    .isInstanceOf(PublishException.Refused.class)
                    .hasMessageContaining("localhost");
        }
    }

    @Test
    void shouldPassOnWhyThereIsNoBroker() {
        CompletableFuture<Map<String, Object>> broker = new CompletableFuture<>();
        try (KafkaPublisher publisher = KafkaPublisher.start(kafka("unused"), outbox, broker)) {
            broker.completeExceptionally(new IllegalStateException("port 9092 is taken"));
            assertThat(trouble(publisher))
                    .isInstanceOf(PublishException.Refused.class)
                    .hasMessage("port 9092 is taken");
        }
    }

    @Test
    void shouldStopTakingVerdictsWhenTheOutboxIsFullAndKafkaTakesNothing() throws IOException {
        try (KafkaPublisher publisher = publisher(unusedAddress())) {
            assertThatThrownBy(() -> {
                        for (long n = 0; ; n++) {
                            publisher.publish(List.of(VerdictEvent.of(Verdicts.fake("a", n))));
                        }
                    })
                    .isInstanceOf(OutboxFullException.class);
        }
    }

    @Test
    void shouldCloseWithoutWaitingForABrokerThatDoesNotAnswer() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            Settings.Kafka patient = new Settings.Kafka(Optional.of(address), "unmask.verdicts", 600_000, Map.of());
            KafkaPublisher publisher =
                    KafkaPublisher.start(patient, outbox, CompletableFuture.completedFuture(at(address)));
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
                silent.accept().close();
                publisher.close();
            });
        }
    }

    @Test
    void shouldFailToReadWhenNobodyListens() throws IOException {
        String address = unusedAddress();
        assertThatThrownBy(() -> VerdictConsumer.open(kafka(address), at(address), Start.NOW))
                .isInstanceOf(PublishException.Unavailable.class)
                .hasMessageContaining(address);
    }

    private static RuntimeException trouble(KafkaPublisher publisher) {
        return await().until(publisher::trouble, Optional::isPresent).orElseThrow();
    }

    private KafkaPublisher publisher(String address) {
        return KafkaPublisher.start(kafka(address), outbox, CompletableFuture.completedFuture(at(address)));
    }

    private static Map<String, Object> at(String address) {
        return Map.of("bootstrap.servers", address);
    }

    private static Settings.Kafka kafka(String address) {
        return new Settings.Kafka(Optional.of(address), "unmask.verdicts", 800, Map.of());
    }

    private static String unusedAddress() throws IOException {
        return "127.0.0.1:" + TestPorts.free();
    }
}
