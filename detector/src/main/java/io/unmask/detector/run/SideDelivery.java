package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import io.unmask.detector.publish.KafkaPublisher;
import io.unmask.detector.publish.Outbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Publishes events to another topic than that of the verdicts, through an outbox of its own. Thread-safe. */
public final class SideDelivery implements AutoCloseable {
    private final Outbox outbox;
    private final KafkaPublisher publisher;

    SideDelivery(Settings settings, String topic, CompletionStage<Map<String, Object>> connection) {
        Path verdicts = Outbox.fileFor(settings);
        Path file = verdicts.resolveSibling(topic + "-" + verdicts.getFileName());
        Settings.Kafka kafka = settings.kafka();
        outbox = Outbox.open(file, settings.outbox().maxMegabytes());
        publisher = KafkaPublisher.start(
                new Settings.Kafka(kafka.bootstrapServers(), topic, kafka.connectTimeoutMs(), kafka.properties()),
                outbox,
                connection);
    }

    /** Stores the events; a crash does not lose them after this has returned. */
    public void deliver(List<CloudEvent> events) {
        publisher.publish(events);
    }

    /** Undelivered events stay in the outbox until the topic is opened again. */
    @Override
    public void close() {
        try (outbox;
                publisher) {}
    }
}
