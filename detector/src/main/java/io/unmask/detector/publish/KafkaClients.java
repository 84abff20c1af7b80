package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventSerializer;
import io.unmask.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Makes Kafka's clients: the user's properties, over them what delivery rests on. Kafka's failures come out as {@link
 * PublishException}.
 *
 * @param connection Kafka's settings with which the broker is reached, {@code bootstrap.servers} among them
 */
public record KafkaClients(Settings.Kafka settings, Map<String, Object> connection, String meanwhile) {

    /** Clients of the topic of verdicts. */
    public KafkaClients(Settings.Kafka settings, Map<String, Object> connection) {
        this(settings, connection, "verdicts wait in the outbox");
    }

    /** Makes sure that the topic exists; a new one gets the broker's default partitions and replication. */
    void ensureTopic() {
        Admin admin = admin();
        try {
            if (!exists(admin)) {
                create(admin);
            }
        } finally {
            // At once: a call that was interrupted is not waited for.
            admin.close(Duration.ZERO);
        }
    }

    Admin admin() {
        try {
            return Admin.create(properties(Map.of()));
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    Producer<String, CloudEvent> producer() {
        Map<String, Object> properties = properties(Map.of(
                "enable.idempotence",
                true,
                "acks",
                "all",
                // Never given up: an event that expired would let a later one of its stream pass.
                "delivery.timeout.ms",
                Integer.MAX_VALUE,
                "max.block.ms",
                settings.connectTimeoutMs()));
        // Kafka's own 16 kB holds two verdicts, and the embedded broker flushes each batch to the disk.
        properties.putIfAbsent("batch.size", 512 << 10);
        try {
            return new KafkaProducer<>(properties, new StringSerializer(), new CloudEventSerializer());
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    Consumer<String, byte[]> consumer() {
        try {
            return reader(Map.of());
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    /**
     * A consumer that reads what was committed, from the beginning unless it knows better. Its positions are the caller's
     * to keep. Kafka's failures come out as they are.
     *
     * @param required what the user cannot change beside that
     */
    public Consumer<String, byte[]> reader(Map<String, Object> required) {
        Map<String, Object> properties = new HashMap<>(required);
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("isolation.level", "read_committed");
        properties.put("allow.auto.create.topics", false);
        return new KafkaConsumer<>(properties(properties), new StringDeserializer(), new ByteArrayDeserializer());
    }

    PublishException failure(Throwable cause) {
        if (isRetriable(cause)) {
            return new PublishException.Unavailable(
                    "Kafka does not answer at " + address() + " (" + origin() + ") within "
                            + settings.connectTimeoutMs()
                            + " ms: check that it runs there, and that kafka.properties has what it asks of its clients; "
                            + meanwhile,
                    cause);
        }
        if (cause instanceof RecordTooLargeException
                || cause instanceof SerializationException
                || cause instanceof InvalidRecordException) {
            return new PublishException.Undeliverable(
                    "Kafka at " + address() + " does not take it to topic " + settings.topic() + ": " + deepest(cause),
                    cause);
        }
        return new PublishException.Refused(
                "Kafka at " + address() + " (" + origin() + ") cannot be used for topic " + settings.topic() + ": "
                        + deepest(cause) + "; " + meanwhile,
                cause);
    }

    private boolean exists(Admin admin) {
        try {
            admin.describeTopics(List.of(settings.topic())).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void create(Admin admin) {
        try {
            NewTopic topic = new NewTopic(settings.topic(), Optional.empty(), Optional.empty());
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            // Another process was quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw failure(e.getCause());
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * A client's properties.
     *
     * @param required what the user cannot change
     */
    public Map<String, Object> properties(Map<String, Object> required) {
        int timeoutMs = Math.toIntExact(settings.connectTimeoutMs());
        Map<String, Object> properties = new HashMap<>();
        properties.put("client.id", "unmask");
        properties.put("metric.reporters", "");
        properties.put("enable.metrics.push", false);
        properties.put("request.timeout.ms", timeoutMs);
        properties.put("default.api.timeout.ms", timeoutMs);
        properties.put("reconnect.backoff.max.ms", 1_000);
        properties.putAll(settings.properties());
        properties.putAll(connection);
        properties.putAll(required);
        return properties;
    }

    /** Where the broker is. */
    public String address() {
        return connection.get("bootstrap.servers").toString();
    }

    /** Who says where the broker is. */
    public String origin() {
        return settings.bootstrapServers().isPresent() ? "kafka.bootstrap-servers" : "the embedded broker";
    }

    /**
     * Whether trying again may help. A broker that lost its newest data no longer knows the producer: a new producer
     * mends it. Topics get the cluster's own replication factor: when it cannot be reached, brokers have yet to start.
     */
    public static boolean isRetriable(Throwable cause) {
        return cause instanceof RetriableException
                || cause instanceof OutOfOrderSequenceException
                || cause instanceof InvalidPidMappingException
                || cause instanceof InvalidReplicationFactorException;
    }

    private static PublishException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new PublishException.Unavailable("interrupted while waiting for Kafka", e);
    }

    /** What Kafka's client says at bottom: the failures around it name their own part alone. */
    public static String deepest(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
