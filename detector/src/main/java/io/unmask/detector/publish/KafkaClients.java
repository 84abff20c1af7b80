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
 * Makes Kafka's clients with the user's properties and, over them, those that delivery relies on. Kafka's failures come out
 * as {@link PublishException}.
 *
 * @param connection properties with which the broker is reached, {@code bootstrap.servers} among them
 * @param meanwhile where events stay while Kafka cannot be used; the last words of a failure's message
 */
public record KafkaClients(Settings.Kafka settings, Map<String, Object> connection, String meanwhile) {

    /** Clients of the topic of verdicts. */
    public KafkaClients(Settings.Kafka settings, Map<String, Object> connection) {
        this(settings, connection, "verdicts wait in the outbox");
    }

    /** A request to an {@link Admin}. */
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

    /** Makes a topic unless it exists. */
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
     * A producer in which no event expires, so that no later event of the same stream overtakes it.
     *
     * @param defaults what the user can change
     */
    <V> Producer<String, V> producer(Serializer<V> values, Map<String, Object> defaults) {
        return producer(values, Map.of("delivery.timeout.ms", Integer.MAX_VALUE), defaults);
    }

    /**
     * An idempotent producer that waits for all in-sync replicas.
     *
     * @param required further properties that the user cannot change
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

    /** @param required properties that the user cannot change, beside those of {@link #reader} */
    Consumer<String, byte[]> consumer(Map<String, Object> required) {
        try {
            return reader(required);
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    /**
     * A consumer of committed records, which begins at the oldest one where it has no position. The caller keeps its
     * positions. Kafka's failures come out as Kafka's exceptions.
     *
     * @param required further properties that the user cannot change
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
            // A failed transaction wraps its first failure in an exception that says nothing of its own.
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
                    "Kafka at " + address() + " refuses an event for topic " + settings.topic() + ": "
                            + rootMessage(cause),
                    cause);
        }
        return new PublishException.Refused(
                "Kafka at " + address() + " (" + origin() + ") cannot be used for topic " + settings.topic() + ": "
                        + rootMessage(cause) + "; " + meanwhile,
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

    /** The broker's address, for messages. */
    public String address() {
        return connection.get("bootstrap.servers").toString();
    }

    /** Where the address comes from, for messages. */
    public String origin() {
        return settings.bootstrapServers().isPresent() ? "kafka.bootstrap-servers" : "the embedded broker";
    }

    /**
     * Whether trying again may help. A broker that lost its newest data does not know its producers any more: a new
     * producer mends that. A topic gets the cluster's own replication factor: when there are too few brokers for it, some
     * have yet to start.
     */
    public static boolean isRetriable(Throwable cause) {
        return cause instanceof RetriableException
                || cause instanceof OutOfOrderSequenceException
                || cause instanceof InvalidPidMappingException
                || cause instanceof InvalidReplicationFactorException;
    }

    /** The message of the root cause. The exceptions around it only name the step that failed. */
    public static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
