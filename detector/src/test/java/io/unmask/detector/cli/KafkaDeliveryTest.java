package io.unmask.detector.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Help.Ansi;

@Timeout(value = 120, unit = SECONDS)
final class KafkaDeliveryTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console = new Console(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Ansi.OFF,
            false);

    @Test
    void shouldShowEventsAsTheyAreKeptWhenKafkaEndsMidRun() {
        List<CloudEvent> shown = new CopyOnWriteArrayList<>();
        CloudEvent before = VerdictEvent.of(Verdicts.fake("a", 0));
        CloudEvent after = VerdictEvent.of(Verdicts.fake("a", 1));
        BrokerLease broker = Brokers.obtain(TestSettings.in(folder.resolve("broker")));
        Settings settings = TestSettings.kafkaAt(TestSettings.in(folder.resolve("data")), broker.bootstrapServers());
        try (KafkaDelivery delivery = KafkaDelivery.start(settings, console, shown::add)) {
            delivery.deliver(List.of(before));
            await().atMost(60, SECONDS).until(() -> shown.size() == 1);

            broker.close();
            delivery.deliver(List.of(after));
            await().atMost(60, SECONDS).until(() -> shown.size() == 2);

            assertThat(shown).extracting(CloudEvent::getId).containsExactly(before.getId(), after.getId());
            assertThat(delivery.finish()).isFalse();
            assertThat(err.toString(StandardCharsets.UTF_8).lines())
                    .satisfiesExactly(
                            trouble -> assertThat(trouble)
                                    .startsWith("unmask: Kafka does not answer at " + broker.bootstrapServers()),
                            kept -> assertThat(kept).startsWith("unmask: 1 events are kept in "));
        }
    }
}
