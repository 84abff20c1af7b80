package io.unmask.detector.publish;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ClipWriterTest {
    private static final byte[] CROPS = new byte[100_000];

    @TempDir
    Path data;

    /** Kafka's client takes no more than its buffer holds: the source waits then, and no clip is lost. */
    @Test
    @Timeout(90)
    void shouldWaitForABrokerThatIsAwayAndCallNothingAFailure() throws InterruptedException {
        new Random(1).nextBytes(CROPS);
        Settings.Kafka kafka = new Settings.Kafka(
                Optional.empty(), "unmask.verdicts", 2_000, Map.of("buffer.memory", "1000000", "batch.size", "100000"));
        ClipWriter writer;
        try (BrokerLease broker = Brokers.obtain(TestSettings.in(data))) {
            writer = ClipWriter.open(kafka, TestSettings.in(data).workers(), broker.connection());
            writer.write(clip(0), () -> {});
            assertThat(writer.drain(Duration.ofSeconds(30))).isZero();
        }
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 1; i <= 30; i++) {
                writer.write(clip(i), () -> {});
            }
        });

        await().atMost(60, SECONDS).until(() -> writer.trouble().isPresent());

        assertThat(writer.hasFailed()).isFalse();
        assertThat(writing).as("it waits").isNotDone();
        assertThat(writer.pending())
                .as("what Kafka's client holds, and the one that waits")
                .isPositive();
        writer.close();
        assertThat(writing).succeedsWithin(Duration.ofSeconds(20));
        await().atMost(20, SECONDS).until(() -> writer.pending() == 0);
        assertThat(writer.drain(Duration.ZERO)).as("those that it let go of").isEqualTo(30);
    }

    private static CloudEvent clip(int number) {
        return CloudEventBuilder.v1(VerdictEvent.of(Verdicts.fake("door", number)))
                .withData("application/octet-stream", CROPS)
                .build();
    }
}
