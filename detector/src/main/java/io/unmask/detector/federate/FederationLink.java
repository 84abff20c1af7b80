package io.unmask.detector.federate;

import io.unmask.config.Settings;
import io.unmask.detector.publish.KafkaClients;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;

/**
 * A connection to the federation's topics. Only the first partition of each topic is used, so that everybody sees all
 * records in one order. Used by one thread. A failure ends it; the connection that follows reads the topics from the start.
 */
final class FederationLink implements AutoCloseable {
    static final String ROUNDS = "federation.rounds";
    static final String MODELS = "federation.models";
    static final String UPDATES = "federation.updates";

    private static final Duration POLL = Duration.ofMillis(200);
    /** How long the broker holds a fetch that finds nothing. A request for the end of a topic waits behind that fetch. */
    private static final int FETCH_WAIT_MS = 50;

    /** One transaction sends a whole model, and a slow line needs more than Kafka's default minute. Brokers allow 15. */
    private static final int TRANSACTION_MS = 600_000;

    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaClients clients;
    private final Consumer<String, byte[]> consumer;
    private final Producer<String, byte[]> producer;
    private final boolean transactional;

    private FederationLink(
            KafkaClients clients,
            Consumer<String, byte[]> consumer,
            Producer<String, byte[]> producer,
            boolean transactional) {
        this.clients = clients;
        this.consumer = consumer;
        this.producer = producer;
        this.transactional = transactional;
    }

    /**
     * Connects, and makes the topics that are missing, which takes the right to make topics.
     *
     * @param owner the name under which this link sends transactions. A later link of the same name ends this one. Without a
     *     name, records are sent without a transaction
     */
    static FederationLink open(Settings.Kafka settings, Map<String, Object> connection, Optional<String> owner) {
        KafkaClients clients = new KafkaClients(settings, connection);
        try {
            boolean compacted = ask(clients, admin -> {
                for (String name : List.of(ROUNDS, MODELS, UPDATES)) {
                    KafkaClients.ensure(admin, topic(name));
                }
                return isCompacted(admin, UPDATES);
            });
            if (compacted) {
                throw new FederationException.Refused("topic " + UPDATES + " at " + clients.address()
                        + " is compacted, and loses parts of updates: set its cleanup.policy to delete");
            }
            return connect(clients, owner);
        } catch (KafkaException e) {
            throw failure(clients, e);
        }
    }

    /** Connects to read what is there, and makes no topic; empty when the topics of federations are missing. */
    static Optional<FederationLink> openExisting(Settings.Kafka settings, Map<String, Object> connection) {
        KafkaClients clients = new KafkaClients(settings, connection);
        try {
            return ask(clients, admin -> exist(admin, List.of(ROUNDS, MODELS)))
                    ? Optional.of(connect(clients, Optional.empty()))
                    : Optional.empty();
        } catch (KafkaException e) {
            throw failure(clients, e);
        }
    }

    private static FederationLink connect(KafkaClients clients, Optional<String> owner) {
        Consumer<String, byte[]> consumer = clients.reader(Map.of("fetch.max.wait.ms", FETCH_WAIT_MS));
        Map<String, Object> sending = new HashMap<>(Map.of(
                "enable.idempotence",
                true,
                "acks",
                "all",
                "max.block.ms",
                clients.settings().connectTimeoutMs(),
                "compression.type",
                "none"));
        owner.ifPresent(name -> {
            sending.put("transactional.id", name);
            sending.put("transaction.timeout.ms", TRANSACTION_MS);
        });
        Producer<String, byte[]> producer =
                new KafkaProducer<>(clients.properties(sending), new StringSerializer(), new ByteArraySerializer());
        FederationLink link = new FederationLink(clients, consumer, producer, owner.isPresent());
        link.initTransactions();
        return link;
    }

    private void initTransactions() {
        if (transactional) {
            try {
                producer.initTransactions();
            } catch (KafkaException e) {
                close();
                throw failure(clients, e);
            }
        }
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, Optional.of(1), Optional.empty())
                .configs(Map.of("cleanup.policy", name.equals(UPDATES) ? "delete" : "compact"));
    }

    private static boolean exist(Admin admin, List<String> topics) throws ExecutionException, InterruptedException {
        return answer(admin.describeTopics(topics).allTopicNames(), UnknownTopicOrPartitionException.class)
                .isPresent();
    }

    /** Compaction would keep only one record of each site's update. False when the right to see the setting is missing. */
    private static boolean isCompacted(Admin admin, String topic) throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return answer(
                        admin.describeConfigs(List.of(resource)).values().get(resource),
                        TopicAuthorizationException.class)
                .map(config -> config.get("cleanup.policy"))
                .map(ConfigEntry::value)
                .filter(policy -> policy.contains("compact"))
                .isPresent();
    }

    /** Waits for an answer; empty when it is a failure of the expected kind. */
    private static <T> Optional<T> answer(KafkaFuture<T> answer, Class<? extends KafkaException> expected)
            throws ExecutionException, InterruptedException {
        try {
            return Optional.of(answer.get());
        } catch (ExecutionException e) {
            if (expected.isInstance(e.getCause())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static <T> T ask(KafkaClients clients, KafkaClients.Question<T> question) {
        Admin admin = Admin.create(clients.properties(Map.of()));
        try {
            return question.ask(admin);
        } catch (ExecutionException e) {
            throw failure(clients, e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            // At once: a call that was interrupted is not waited for.
            admin.close(Duration.ZERO);
        }
    }

    /** Reads the wanted records from an offset to the present end of a topic. Then this link follows what it followed. */
    List<Envelope> readFrom(String topic, long offset, Predicate<Envelope> wanted) {
        Map<String, Long> followed = positions();
        follow(Map.of(topic, offset));
        List<Envelope> read = new ArrayList<>();
        do {
            poll().stream().filter(wanted).forEach(read::add);
        } while (!caughtUp());
        follow(followed);
        return read;
    }

    /** Sets the topics that {@link #poll} reads, and the offsets at which it begins. */
    void follow(Map<String, Long> offsets) {
        try {
            consumer.assign(offsets.keySet().stream()
                    .map(topic -> new TopicPartition(topic, 0))
                    .toList());
            offsets.forEach((topic, offset) -> consumer.seek(new TopicPartition(topic, 0), offset));
        } catch (KafkaException e) {
            throw failure(clients, e);
        }
    }

    /** Waits a moment for records. A broker that is away looks like silence; {@link #caughtUp} tells the two apart. */
    List<Envelope> poll() {
        try {
            List<Envelope> read = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
                if (message.key() != null && message.value() != null) {
                    read.add(envelope(message));
                }
            }
            return read;
        } catch (KafkaException e) {
            throw failure(clients, e);
        }
    }

    /** Offsets of the next records, by topic. */
    Map<String, Long> positions() {
        try {
            return consumer.assignment().stream().collect(Collectors.toMap(TopicPartition::topic, consumer::position));
        } catch (KafkaException e) {
            throw failure(clients, e);
        }
    }

    /**
     * Whether every record on the followed topics was read.
     *
     * @throws FederationException.Unavailable when the broker does not answer
     */
    boolean caughtUp() {
        try {
            return consumer.endOffsets(consumer.assignment()).entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        } catch (KafkaException e) {
            throw failure(clients, e);
        }
    }

    /** The offset that the next record of a topic will have. */
    long endOf(String topic) {
        try {
            TopicPartition partition = new TopicPartition(topic, 0);
            return consumer.endOffsets(List.of(partition)).get(partition);
        } catch (KafkaException e) {
            throw failure(clients, e);
        }
    }

    /** Sends records in order, in one transaction when this link has a name for it. Returns when the broker has them. */
    void send(List<Envelope> records) {
        try {
            if (transactional) {
                producer.beginTransaction();
            }
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Envelope record : records) {
                sent.add(producer.send(message(record)));
            }
            if (transactional) {
                producer.commitTransaction();
            } else {
                for (Future<RecordMetadata> one : sent) {
                    one.get();
                }
            }
        } catch (KafkaException e) {
            throw failure(clients, e);
        } catch (ExecutionException e) {
            throw failure(clients, e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static ProducerRecord<String, byte[]> message(Envelope record) {
        ProducerRecord<String, byte[]> message = new ProducerRecord<>(record.topic(), 0, record.key(), record.value());
        record.headers().forEach((name, text) -> message.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        message.headers().add(Envelope.SIGNATURE, record.signature());
        return message;
    }

    private static Envelope envelope(ConsumerRecord<String, byte[]> message) {
        Map<String, String> headers = new HashMap<>();
        byte[] signature = {};
        for (Header header : message.headers()) {
            if (header.key().equals(Envelope.SIGNATURE)) {
                signature = header.value() == null ? new byte[0] : header.value();
            } else if (header.value() != null) {
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        return new Envelope(message.topic(), message.key(), headers, message.value(), signature, message.offset());
    }

    static FederationException failure(KafkaClients clients, Throwable cause) {
        // Once a transaction has failed, Kafka throws exceptions whose cause is that first failure.
        List<Throwable> causes =
                Stream.of(cause, cause.getCause()).filter(Objects::nonNull).toList();
        if (causes.stream()
                .anyMatch(one ->
                        one instanceof ProducerFencedException || one instanceof InvalidProducerEpochException)) {
            return new FederationException.Refused(
                    "another coordinator of this federation has started, and this one gives way: run one only", cause);
        }
        if (cause instanceof InvalidReplicationFactorException) {
            // On a busy machine, Kafka does not count its only broker until the next heartbeat.
            return new FederationException.Unavailable(
                    "Kafka at " + clients.address() + " (" + clients.origin()
                            + ") has too few brokers for a topic now: " + cause.getMessage(),
                    cause);
        }
        if (Stream.iterate(cause, Objects::nonNull, Throwable::getCause).anyMatch(ConfigException.class::isInstance)
                && noHostResolves(clients)) {
            return new FederationException.Unavailable(
                    "no host of " + clients.address() + " (" + clients.origin()
                            + ") has an address now: check the name and the network",
                    cause);
        }
        if (causes.stream().anyMatch(KafkaClients::isRetriable)) {
            return new FederationException.Unavailable(
                    "Kafka does not answer at " + clients.address() + " (" + clients.origin()
                            + "): check that it runs there",
                    cause);
        }
        return new FederationException.Refused(
                "Kafka at " + clients.address() + " (" + clients.origin() + ") cannot be used for a federation: "
                        + KafkaClients.rootMessage(cause),
                cause);
    }

    /** Whether no broker's name can be resolved. Kafka's client takes that for a wrong setting, but it may pass. */
    private static boolean noHostResolves(KafkaClients clients) {
        return Stream.of(clients.address().split(",", -1))
                .map(address -> Optional.ofNullable(Utils.getHost(address.strip())))
                .allMatch(host -> host.isPresent() && new InetSocketAddress(host.get(), 0).isUnresolved());
    }

    private static FederationException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new FederationException.Refused("interrupted while waiting for Kafka", e);
    }

    @Override
    public void close() {
        producer.close(CLOSE);
        consumer.close();
    }
}
