package io.unmask.samples.bench;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.detector.pipeline.GroupCommit;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.publish.KafkaPublisher;
import io.unmask.detector.publish.Outbox;
import io.unmask.detector.verdict.EventLine;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Publishes one verdict again and again under other ids, in batches as the pipeline makes them. Arguments: a file of a Kafka
 * client's properties, a file with a verdict as JSON, a folder for the outbox, and how many events, at least one. Prints the
 * seconds until all were in the outbox, and those until Kafka had all.
 */
final class OutboxLoad {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private OutboxLoad() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[2]);
        // A home of its own, so that the user's settings are not read.
        Settings settings = SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), Map.of()))
                .settings();
        List<List<CloudEvent>> batches = batches(
                EventLine.parse(Files.readAllBytes(Path.of(arguments[1]))),
                Integer.parseInt(arguments[3]),
                settings.model().batchClips());
        var broker = CompletableFuture.completedFuture(connection(Path.of(arguments[0])));
        try (Outbox outbox = Outbox.open(
                        folder.resolve("outbox.db"), settings.outbox().maxMegabytes());
                KafkaPublisher publisher = KafkaPublisher.start(settings.kafka(), outbox, broker)) {
            // The first one makes the connection, which is not part of the measurement.
            publisher.publish(List.of(CloudEventBuilder.v1(batches.get(0).get(0))
                    .withId("bench-first")
                    .build()));
            drain(publisher);
            long start = System.nanoTime();
            try (var commits = GroupCommit.start(publisher::publish, Pipeline.MAX_UNCOMMITTED)) {
                for (List<CloudEvent> batch : batches) {
                    commits.add(batch);
                }
            }
            System.out.println((System.nanoTime() - start) / 1e9);
            drain(publisher);
            System.out.println((System.nanoTime() - start) / 1e9);
        }
    }

    private static void drain(KafkaPublisher publisher) throws InterruptedException {
        long left = publisher.drain(PATIENCE);
        if (left > 0) {
            throw new IllegalStateException(left + " verdicts did not reach Kafka within " + PATIENCE);
        }
    }

    private static Map<String, Object> connection(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return properties.stringPropertyNames().stream().collect(Collectors.toMap(name -> name, properties::get));
    }

    private static List<List<CloudEvent>> batches(CloudEvent verdict, int count, int size) {
        List<List<CloudEvent>> batches = new ArrayList<>();
        for (int from = 0; from < count; from += size) {
            List<CloudEvent> batch = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + size); i++) {
                batch.add(CloudEventBuilder.v1(verdict).withId("bench-" + i).build());
            }
            batches.add(batch);
        }
        return batches;
    }
}
