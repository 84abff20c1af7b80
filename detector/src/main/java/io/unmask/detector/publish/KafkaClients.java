package io.unmask.detector.publish;

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
import org.apache.kafka.common.serialization.Serializer;
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

    /** What is asked of an {@link Admin}. */
    public interface Question<T> {
        T ask(Admin admin) throws ExecutionException, InterruptedException;
    }

    /** Makes sure that the topic exists; a new one gets the broker's default partitions and replication. */
    void ensureTopic() {
        ask(admin -> {
            ensure(admin, new NewTopic(settings.topic(), Optional.empty(), Optional.empty()));
            return null;
        });
    }

    /** Makes a topic unless it is there. */
    public static void ensure(Admin admin, NewTopic topic) throws ExecutionException, InterruptedException {
        try {
            admin.describeTopics(List.of(topic.name())).allTopicNames().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
            create(admin, topic);
        }
    }

    private static void create(Admin admin, NewTopic topic) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            // Another process was quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** @throws PublishException when Kafka does not answer, or refuses */
    <T> T ask(Question<T> question) {
        Admin admin = admin();
        try {
            return question.ask(admin);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PublishException.Unavailable("interrupted while waiting for Kafka", e);
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

    /**
     * A producer that gives no event up: one that expired would let a later one of its stream pass.
     *
     * @param defaults what the user can change
     */
    <V> Producer<String, V> producer(Serializer<V> values, Map<String, Object> defaults) {
        return producer(values, Map.of("delivery.timeout.ms", Integer.MAX_VALUE), defaults);
    }

    /**
     * A producer whose events are on the topic once, and on as many brokers as the topic asks for.
     *
     * @param required what the user cannot change beside that
     * @param defaults what the user can change
     */
    <V> Producer<String, V> producer(Serializer<V> values, Map<String, Object> required, Map<String, Object> defaults) {
        Map<String, Object> properties = properties(required);
        properties.put("enable.idempotence", true);
        properties.put("acks", "all");
        properties.put("max.block.ms", settings.connectTimeoutMs());
        defaults.forEach(properties::putIfAbsent);
        try {
            return new KafkaProducer<>(properties, new StringSerializer(), values);
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    Consumer<String, byte[]> consumer() {
        return consumer(Map.of());
    }

    /** @param required what the user cannot change beside what {@link #reader} requires */
    Consumer<String, byte[]> consumer(Map<String, Object> required) {
        try {
            return reader(required);
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

    PublishException failure(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getClass() == KafkaException.class && cause.getCause() != null) {
            // As of a transaction, which says only that an earlier failure stands.
            cause = cause.getCause();
        }
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

    /** What Kafka's client says at bottom: the failures around it name their own part alone. */
    public static String deepest(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
