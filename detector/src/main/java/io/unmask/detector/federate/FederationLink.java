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
 * One connection to the federation's topics. Of each topic the first partition alone is used, so that all see all records
 * in one order.
 * Used by one thread. A failure ends it: the next one reads the topics anew.
 */
final class FederationLink implements AutoCloseable {
    static final String ROUNDS = "federation.rounds";
    static final String MODELS = "federation.models";
    static final String UPDATES = "federation.updates";

    private static final Duration POLL = Duration.ofMillis(200);
    /** How long the broker holds a fetch that finds nothing. Questions after ends of topics wait behind it. */
    private static final int FETCH_WAIT_MS = 50;

    /** A whole model goes in one transaction; by Kafka's own minute a slow line would lose it. Brokers allow 15 minutes. */
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
     * Connects, and makes the topics that are missing. Who may not make topics needs them to be there.
     *
     * @param owner whose name the transactions have: who connects with the same name later takes them over for good.
     *     Without one, what is sent is in no transaction
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

    /** Connects to look at what is there; empty when there is no federation at all. Makes nothing. */
    static Optional<FederationLink> look(Settings.Kafka settings, Map<String, Object> connection) {
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
        link.begin();
        return link;
    }

    private void begin() {
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

    /** Compaction would leave one record of each site's update. Who may not see a topic's settings trusts them. */
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

    /** Waits for an answer; empty when it is the failure that was to be expected. */
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

    /** What is on a topic now from an offset on and is wanted; then this link follows again what it followed. */
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

    /** Lets {@link #poll} bring what comes on these topics, from these offsets on. */
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

    /** Waits a moment for records. A broker that is away shows as silence: see {@link #caughtUp}. */
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
     * Whether everything was read that is there.
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

    /** Sends records in order; in one transaction when this link has an owner. Returns when the broker has them. */
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
        // What a failed transaction throws later has its first failure as the cause.
        List<Throwable> both =
                Stream.of(cause, cause.getCause()).filter(Objects::nonNull).toList();
        if (both.stream()
                .anyMatch(one ->
                        one instanceof ProducerFencedException || one instanceof InvalidProducerEpochException)) {
            return new FederationException.Refused(
                    "another coordinator of this federation has started, and this one gives way: run one only", cause);
        }
        if (cause instanceof InvalidReplicationFactorException) {
            // Of an embedded broker on a busy machine, which is not counted until it has been heard of again.
            return new FederationException.Unavailable(
                    "Kafka at " + clients.address() + " (" + clients.origin()
                            + ") has too few brokers for a topic now: " + cause.getMessage(),
                    cause);
        }
        if (Stream.iterate(cause, Objects::nonNull, Throwable::getCause).anyMatch(ConfigException.class::isInstance)
                && nowhere(clients)) {
            return new FederationException.Unavailable(
                    "no host of " + clients.address() + " (" + clients.origin()
                            + ") has an address now: check the name and the network",
                    cause);
        }
        if (both.stream().anyMatch(KafkaClients::isRetriable)) {
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
    private static boolean nowhere(KafkaClients clients) {
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
