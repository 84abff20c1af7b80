package io.unmask.detector.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.publish.VerdictConsumer.Start;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes share the broker and the outbox, and the one that runs the broker is killed while both publish. */
class CrashTest {
    private static final Duration DRAIN = Duration.ofSeconds(60);
    private static final int OURS = 200;

    @TempDir
    Path data;

    @Test
    void shouldLoseNothingAndRepeatNothingWhenTheProcessWithTheBrokerIsKilled() throws Exception {
        Process child = startChild();
        try {
            Awaitility.await().atMost(DRAIN).until(() -> Files.exists(data.resolve(CrashingProcess.COMMITTED)));
            Settings settings = TestSettings.in(data);
            try (BrokerLease broker = Brokers.obtain(settings)) {
                assertThat(broker.origin()).isEqualTo(BrokerLease.Origin.SHARED);
                long committedByChild = publishWhileKilling(child, settings.kafka(), broker);
                adoptWhatTheChildLeft(settings.kafka(), broker);

                List<String> ids = read(settings.kafka(), broker);
                assertThat(ids).doesNotHaveDuplicates();
                assertThat(ids.stream().filter(id -> id.startsWith("parent")))
                        .containsExactlyElementsOf(ids("parent", OURS));
                assertThat(ids.stream().filter(id -> id.startsWith("child")).toList())
                        .as("a commit that was not told yet may be there too")
                        .startsWith(ids("child", committedByChild).toArray(String[]::new));
            }
        } finally {
            child.destroyForcibly();
        }
    }

    private long publishWhileKilling(Process child, Settings.Kafka kafka, BrokerLease broker) throws Exception {
        try (Outbox outbox = outbox();
                KafkaPublisher publisher = publisher(kafka, broker, outbox)) {
            for (long n = 0; n < OURS; n++) {
                publisher.publish(List.of(VerdictEvent.of(Verdicts.noFace("parent", n))));
                if (n == OURS / 2) {
                    child.destroyForcibly().waitFor();
                }
            }
            assertThat(publisher.drain(DRAIN)).as("left in the outbox").isZero();
            return Files.readAllLines(data.resolve(CrashingProcess.COMMITTED)).size();
        }
    }

    private void adoptWhatTheChildLeft(Settings.Kafka kafka, BrokerLease broker) {
        try (Outbox outbox = outbox();
                KafkaPublisher publisher = publisher(kafka, broker, outbox)) {
            assertThat(publisher.drain(DRAIN)).as("left in the outbox").isZero();
        }
    }

    private Outbox outbox() {
        return Outbox.open(data.resolve("outbox.sqlite"), 100);
    }

    private static KafkaPublisher publisher(Settings.Kafka kafka, BrokerLease broker, Outbox outbox) {
        return KafkaPublisher.start(kafka, outbox, CompletableFuture.completedFuture(broker.connection()));
    }

    private static List<String> read(Settings.Kafka kafka, BrokerLease broker) {
        List<String> ids = new ArrayList<>();
        try (VerdictConsumer consumer = VerdictConsumer.open(kafka, broker.connection(), Start.BEGINNING)) {
            while (!consumer.isCaughtUp()) {
                consumer.poll(Duration.ofMillis(100)).stream()
                        .map(CloudEvent::getId)
                        .forEach(ids::add);
            }
        }
        return ids;
    }

    private static List<String> ids(String stream, long count) {
        return LongStream.range(0, count).mapToObj(n -> stream + "-TRACK-" + n).toList();
    }

    private Process startChild() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx512m",
                        "-XX:-UsePerfData",
                        "-Djava.io.tmpdir=" + data, // it is killed, and what it unpacked goes with the test
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingProcess.class.getName(),
                        data.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
