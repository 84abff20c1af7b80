package io.unmask.detector.workers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.pipeline.OpenStream;
import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.detector.run.Delivery;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import io.unmask.model.score.TinyModel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ClipDeliveryTest {
    private static final int MORE_THAN_THE_CLIENT_HOLDS = 2_000;

    @TempDir
    Path folder;

    private final List<String> troubles = new CopyOnWriteArrayList<>();

    @Test
    @Timeout(value = 120, unit = SECONDS)
    void shouldTellOfAnOutageOnceAndGiveUpClipsWhenItIsStopped() throws Exception {
        Path model = TinyModel.write(folder.resolve("tiny"));
        BrokerLease broker = Brokers.obtain(TestSettings.in(folder.resolve("broker")));
        Map<String, String> values = WorkerProcess.settings(folder.resolve("data"), model, broker.connection());
        values.putAll(Map.of(
                "kafka.connect-timeout-ms", "2000",
                "kafka.properties.buffer.memory", "100000",
                "kafka.properties.batch.size", "10000"));
        Settings settings = WorkerProcess.settings(values);
        ClipDelivery delivery = ClipDelivery.start(settings, new Listener());
        Consumer<List<StreamEvent>> sink =
                delivery.sink(ServingModel.open(settings, Clock.systemUTC()), (stream, end) -> {});
        sink.accept(List.of(event()));
        await().atMost(30, SECONDS).until(() -> delivery.pending() == 0);
        broker.close();

        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < MORE_THAN_THE_CLIENT_HOLDS; i++) {
                sink.accept(List.of(event()));
            }
        });
        await().atMost(60, SECONDS).until(() -> !troubles.isEmpty());
        delivery.stop();

        assertThat(writing).succeedsWithin(Duration.ofSeconds(20));
        assertThat(delivery.finish()).isFalse();
        delivery.close();
        assertThat(troubles)
                .satisfiesExactly(
                        away -> assertThat(away).startsWith("Kafka does not answer at " + broker.bootstrapServers()),
                        left -> assertThat(left).startsWith(MORE_THAN_THE_CLIENT_HOLDS + " clips did not reach Kafka"));
    }

    @Test
    @Timeout(value = 120, unit = SECONDS)
    void shouldTellOfAnOutageThatBeganBeforeVerdictsCouldBeReadBack() throws Exception {
        Path model = TinyModel.write(folder.resolve("tiny"));
        BrokerLease broker = Brokers.obtain(TestSettings.in(folder.resolve("broker")));
        Map<String, String> values = WorkerProcess.settings(folder.resolve("data"), model, broker.connection());
        values.put("kafka.connect-timeout-ms", "1000");
        // No consumer opens with this, and producers do not know it.
        values.put("kafka.properties.max.poll.records", "0");
        Settings settings = WorkerProcess.settings(values);
        try (ClipDelivery delivery = ClipDelivery.start(settings, new Listener())) {
            Consumer<List<StreamEvent>> sink =
                    delivery.sink(ServingModel.open(settings, Clock.systemUTC()), (stream, end) -> {});
            sink.accept(List.of(event()));
            await().atMost(30, SECONDS).until(() -> delivery.pending() == 0);
            broker.close();

            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> sink.accept(List.of(event())));

            await().atMost(60, SECONDS).until(() -> !troubles.isEmpty());
            delivery.stop();
            assertThat(writing).succeedsWithin(Duration.ofSeconds(20));
        }
        assertThat(troubles).first(STRING).startsWith("Kafka does not answer at " + broker.bootstrapServers());
    }

    @Test
    @Timeout(value = 60, unit = SECONDS)
    void shouldSayThatNothingArrivedWhenKafkaNeverAnswered() throws Exception {
        Path model = TinyModel.write(folder.resolve("tiny"));
        Map<String, String> values =
                WorkerProcess.settings(folder.resolve("data"), model, Map.of("bootstrap.servers", "127.0.0.1:1"));
        values.put("kafka.connect-timeout-ms", "1000");
        Settings settings = WorkerProcess.settings(values);
        try (ClipDelivery delivery = ClipDelivery.start(settings, new Listener())) {
            Consumer<List<StreamEvent>> sink =
                    delivery.sink(ServingModel.open(settings, Clock.systemUTC()), (stream, end) -> {});
            delivery.stop();
            sink.accept(List.of(event(), event()));
            sink.accept(List.of(event()));

            assertThat(delivery.finish()).isFalse();
        }
        assertThat(troubles)
                .satisfiesExactly(
                        away -> assertThat(away).startsWith("Kafka does not answer at 127.0.0.1:1"),
                        left -> assertThat(left).startsWith("3 clips did not reach Kafka"));
    }

    private static StreamEvent event() {
        OpenStream stream =
                new OpenStream("door", new Verdict.Stream("door", "session", "rtsp://door"), Instant.EPOCH, true);
        return new StreamEvent(stream, new FacelessSpan(0, 1, Coverage.NONE), System.nanoTime());
    }

    private final class Listener implements Delivery.Listener {
        @Override
        public void arrived(CloudEvent event) {}

        @Override
        public void trouble(String message) {
            troubles.add(message);
        }
    }
}
