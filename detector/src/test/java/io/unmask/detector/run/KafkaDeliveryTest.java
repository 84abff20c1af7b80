package io.unmask.detector.run;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import io.unmask.detector.TestPorts;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.publish.Outbox;
import io.unmask.detector.publish.OutboxFullException;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = SECONDS)
final class KafkaDeliveryTest {
    @TempDir
    private Path folder;

    private final Heard heard = new Heard();

    @Test
    void shouldEndSoonWhenItIsStoppedWhileTheBrokerStarts() {
        CloudEvent event = VerdictEvent.of(Verdicts.fake("a", 0));
        long start = System.nanoTime();
        try (KafkaDelivery delivery = KafkaDelivery.start(TestSettings.in(folder), heard)) {
            delivery.deliver(List.of(event));
            delivery.stop();

            assertThat(delivery.finish()).isFalse();
        }

        assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(30));
        assertThat(heard.events()).containsExactly(event);
        assertThat(heard.troubles())
                .satisfiesExactly(
                        stopped -> assertThat(stopped).isEqualTo("stopped before the broker had started"),
                        kept -> assertThat(kept).startsWith("1 events are kept in "));
        // The folder is deleted next; at the end of a process nobody waits for the broker.
        await().atMost(60, SECONDS).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("unmask-results")));
    }

    @Test
    void shouldStartTheBrokerOnceItsPortIsFree() throws IOException {
        CloudEvent before = VerdictEvent.of(Verdicts.fake("a", 0));
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Settings settings = TestSettings.in(folder, new Settings.Broker(other.getLocalPort(), 1));
        try (KafkaDelivery delivery = KafkaDelivery.start(settings, heard)) {
            delivery.deliver(List.of(before));
            await().atMost(60, SECONDS).until(() -> !heard.troubles().isEmpty());
            assertThat(heard.troubles())
                    .singleElement()
                    .asString()
                    .startsWith("port " + other.getLocalPort() + " on 127.0.0.1 is taken");
            assertThat(heard.events()).containsExactly(before);

            other.close();
            await().atMost(60, SECONDS).until(() -> delivery.pending() == 0);
            delivery.deliver(List.of(VerdictEvent.of(Verdicts.fake("a", 1))));

            assertThat(delivery.finish()).isTrue();
            assertThat(heard.troubles()).hasSize(1);
            assertThat(heard.events()).hasSize(2);
        }
    }

    @Test
    void shouldTellOfNothingThatCouldNotBeStored() {
        CloudEvent large = VerdictEvent.of(Verdicts.fake("a".repeat(1 << 20), 0));
        Settings settings = TestSettings.impatient(TestSettings.kafkaAt(TestSettings.in(folder), "127.0.0.1:1"));
        try (KafkaDelivery delivery = KafkaDelivery.start(settings, heard)) {
            assertThatThrownBy(() -> {
                        for (int n = 0; ; n++) {
                            delivery.deliver(List.of(VerdictEvent.of(Verdicts.fake(large.getId() + n, n))));
                        }
                    })
                    .isInstanceOf(OutboxFullException.class);
            delivery.finish();
        }
        try (Outbox outbox = Outbox.open(Outbox.fileFor(settings), 1_000)) {
            assertThat(heard.events()).hasSizeLessThanOrEqualTo((int) outbox.pendingCount());
        }
    }

    @Test
    void shouldKeepEventsForAnotherBrokerUntilItIsUsedAgain() {
        Settings embedded = TestSettings.in(folder);
        Settings company = TestSettings.kafkaAt(embedded, "127.0.0.1:1");
        try (Outbox outbox = Outbox.open(Outbox.fileFor(company), 10)) {
            outbox.append(List.of(VerdictEvent.of(Verdicts.fake("a", 0))));
        }
        try (KafkaDelivery delivery = KafkaDelivery.start(embedded, heard)) {
            assertThat(delivery.pending()).isZero();
        }
        assertThat(heard.troubles())
                .contains("1 events wait in " + Outbox.fileFor(company) + " for a run with kafka.bootstrap-servers");
        try (Outbox outbox = Outbox.open(Outbox.fileFor(company), 10)) {
            assertThat(outbox.pendingCount()).isEqualTo(1);
        }
    }

    @Test
    void shouldStartEvenIfTheOutboxForAnotherBrokerIsDamaged() throws IOException {
        Settings embedded = TestSettings.in(folder);
        Path other = Outbox.fileFor(TestSettings.kafkaAt(embedded, "127.0.0.1:1"));
        Files.writeString(other, "not a database, and longer than the header of one would be");
        try (KafkaDelivery delivery = KafkaDelivery.start(embedded, heard)) {
            assertThat(delivery.pending()).isZero();
        }
        assertThat(heard.troubles()).anyMatch(trouble -> trouble.startsWith("outbox " + other));
    }

    @Test
    void shouldTellOfAnEventThatIsSetAsideAndDeliverTheRest() throws Exception {
        CloudEvent large = VerdictEvent.of(Verdicts.fake("a".repeat(1 << 20), 0));
        CloudEvent small = VerdictEvent.of(Verdicts.fake("b", 0));
        try (KafkaDelivery delivery = KafkaDelivery.start(TestSettings.in(folder), heard)) {
            delivery.deliver(List.of(large, small));

            assertThat(delivery.finish()).isFalse();
            assertThat(heard.events())
                    .extracting(CloudEvent::getId)
                    .containsExactlyInAnyOrder(large.getId(), small.getId());
            assertThat(heard.troubles())
                    .singleElement()
                    .asString()
                    .contains("is set aside")
                    .contains("unmask outbox");
            assertThat(delivery.summary())
                    .hasValueSatisfying(told -> assertThat(told).startsWith("1 events published"));
        }
    }

    @Test
    void shouldDeliverTheLastEventsThoughKafkaWasAwayForLongInBetween() throws IOException {
        Settings ofBroker = TestSettings.in(folder.resolve("broker"), new Settings.Broker(TestPorts.free(), 1));
        BrokerLease broker = Brokers.obtain(ofBroker);
        Settings settings =
                TestSettings.impatient(TestSettings.kafkaAt(TestSettings.in(folder.resolve("data")), broker));
        try (KafkaDelivery delivery = KafkaDelivery.start(settings, heard)) {
            delivery.deliver(List.of(VerdictEvent.of(Verdicts.fake("a", 0))));
            await().atMost(60, SECONDS).until(() -> heard.events().size() == 1);
            broker.close();
            delivery.deliver(List.of(VerdictEvent.of(Verdicts.fake("a", 1))));
            await().atMost(60, SECONDS).until(() -> heard.events().size() == 2);

            try (BrokerLease again = Brokers.obtain(ofBroker)) {
                assertThat(again.bootstrapServers()).isEqualTo(broker.bootstrapServers());
                await().atMost(60, SECONDS).until(() -> delivery.pending() == 0);
                delivery.deliver(List.of(VerdictEvent.of(Verdicts.fake("a", 2))));

                assertThat(delivery.finish()).isTrue();
                assertThat(delivery.pending()).isZero();
            }
        }
    }

    @Test
    void shouldShowEventsAsTheyAreKeptWhenKafkaEndsMidRun() {
        CloudEvent before = VerdictEvent.of(Verdicts.fake("a", 0));
        CloudEvent after = VerdictEvent.of(Verdicts.fake("a", 1));
        BrokerLease broker = Brokers.obtain(TestSettings.in(folder.resolve("broker")));
        Settings settings =
                TestSettings.impatient(TestSettings.kafkaAt(TestSettings.in(folder.resolve("data")), broker));
        try (KafkaDelivery delivery = KafkaDelivery.start(settings, heard)) {
            delivery.deliver(List.of(before));
            await().atMost(60, SECONDS).until(() -> heard.events().size() == 1);

            broker.close();
            delivery.deliver(List.of(after));
            await().atMost(60, SECONDS).until(() -> heard.events().size() == 2);

            assertThat(heard.events()).extracting(CloudEvent::getId).containsExactly(before.getId(), after.getId());
            assertThat(delivery.finish()).isFalse();
            assertThat(heard.troubles())
                    .satisfiesExactly(
                            trouble -> assertThat(trouble)
                                    .startsWith("Kafka does not answer at " + broker.bootstrapServers()),
                            kept -> assertThat(kept).startsWith("1 events are kept in "));
        }
    }
}
