package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.unmask.config.Settings;
import io.unmask.detector.verdict.VerdictEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads events back from the topic, each id once, every stream in order. Belongs to no consumer group: each reader sees
 * everything. Not thread-safe.
 */
public final class VerdictConsumer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VerdictConsumer.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    /** Repetitions come soon after the first: a producer's retry, or a restart that relays its last batch again. */
    private static final int REMEMBERED_IDS = 100_000;

    /** Where reading starts. */
    public enum Start {
        BEGINNING,
        NOW
    }

    private final KafkaClients clients;
    private final Consumer<String, byte[]> consumer;
    private final Map<TopicPartition, Long> endAtOpen;
    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_IDS;
        }
    };

    private VerdictConsumer(
            KafkaClients clients, Consumer<String, byte[]> consumer, Map<TopicPartition, Long> endAtOpen) {
        this.clients = clients;
        this.consumer = consumer;
        this.endAtOpen = endAtOpen;
    }

    /**
     * Opens the topic, which is made if absent. From {@link Start#NOW}, everything that is published after this returns
     * is read.
     *
     * @throws PublishException when Kafka does not answer within {@code kafka.connect-timeout-ms}, or refuses
     */
    public static VerdictConsumer open(Settings.Kafka settings, Map<String, Object> connection, Start start) {
        KafkaClients clients = new KafkaClients(settings, connection);
        Consumer<String, byte[]> consumer = clients.consumer();
        try {
            Set<TopicPartition> partitions = partitions(clients, consumer);
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = Map.copyOf(consumer.endOffsets(partitions));
            if (start == Start.NOW) {
                ends.forEach(consumer::seek);
            } else {
                consumer.seekToBeginning(partitions);
            }
            return new VerdictConsumer(clients, consumer, ends);
        } catch (PublishException e) {
            consumer.close();
            throw e;
        } catch (KafkaException e) {
            consumer.close();
            throw clients.failure(e);
        }
    }

    /** A topic that was made a moment ago, or whose broker has just come back, has no partitions at first. */
    private static Set<TopicPartition> partitions(KafkaClients clients, Consumer<String, byte[]> consumer) {
        String topic = clients.settings().topic();
        Duration patience = Duration.ofMillis(clients.settings().connectTimeoutMs());
        long start = System.nanoTime();
        Set<TopicPartition> found = partitionsNow(consumer, topic, patience);
        while (found.isEmpty()) {
            if (System.nanoTime() - start > patience.toNanos()) {
                throw clients.failure(new TimeoutException("topic " + topic + " has no partitions"));
            }
            clients.ensureTopic();
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            found = partitionsNow(consumer, topic, patience);
        }
        return found;
    }

    private static Set<TopicPartition> partitionsNow(
            Consumer<String, byte[]> consumer, String topic, Duration patience) {
        return consumer.partitionsFor(topic, patience).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .collect(Collectors.toSet());
    }

    /**
     * Waits for events. A record that is no CloudEvent, or not what its type promises, is logged and passed over: anybody
     * may write to a topic, and the events after it are wanted. Events of other types are left out without a warning.
     *
     * @return possibly none; each can be parsed
     * @throws PublishException when Kafka refuses
     */
    public List<CloudEvent> poll(Duration timeout) {
        try {
            List<CloudEvent> events = new ArrayList<>();
            assignNewPartitions();
            for (ConsumerRecord<String, byte[]> message : consumer.poll(timeout)) {
                read(message, events);
            }
            return events;
        } catch (KafkaException e) {
            throw clients.failure(e);
        }
    }

    /** Begins to read partitions that were added to the topic, from their start, once Kafka's client knows of them. */
    private void assignNewPartitions() {
        Set<TopicPartition> known = consumer.assignment();
        Set<TopicPartition> all = new HashSet<>(known);
        try {
            all.addAll(partitionsNow(consumer, clients.settings().topic(), LOOK_AGAIN));
        } catch (TimeoutException e) {
            LOG.trace("the broker is away", e);
        }
        if (all.size() > known.size()) {
            Set<TopicPartition> added = new HashSet<>(all);
            added.removeAll(known);
            consumer.assign(all);
            consumer.seekToBeginning(added);
        }
    }

    /** Whether everything was read that was on the topic when it was opened. */
    public boolean isCaughtUp() {
        try {
            return endAtOpen.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        } catch (KafkaException e) {
            throw clients.failure(e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }

    private void read(ConsumerRecord<String, byte[]> message, List<CloudEvent> events) {
        try {
            CloudEvent event = KafkaMessageFactory.createReader(message).toEvent();
            if (!VerdictEvent.isOurs(event)) {
                return;
            }
            VerdictEvent.requireWellFormed(event);
            if (seen.put(event.getId(), true) == null) {
                events.add(event);
            }
        } catch (RuntimeException e) {
            // The library has no common type for what a hostile record makes it throw.
            LOG.warn(
                    "{}-{} offset {} is no event of unmask and is passed over: {}",
                    message.topic(),
                    message.partition(),
                    message.offset(),
                    e.toString().lines().findFirst().orElseThrow());
        }
    }
}
