package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import io.unmask.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads events back from the topic, each id once, every stream in order. Belongs to no consumer group: each reader sees
 * everything. Not thread-safe.
 */
public final class VerdictConsumer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VerdictConsumer.class);

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
    public static VerdictConsumer open(Settings.Kafka settings, String bootstrapServers, Start start) {
        KafkaClients clients = new KafkaClients(settings, bootstrapServers);
        Consumer<String, byte[]> consumer = clients.consumer();
        try {
            Set<TopicPartition> partitions = partitions(consumer, settings.topic());
            if (partitions.isEmpty()) {
                clients.ensureTopic();
                partitions = partitions(consumer, settings.topic());
            }
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

    private static Set<TopicPartition> partitions(Consumer<String, byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .collect(Collectors.toSet());
    }

    /**
     * Waits for events; a record that is no CloudEvent is logged and passed over.
     *
     * @return possibly none
     * @throws PublishException when Kafka refuses
     */
    public List<CloudEvent> poll(Duration timeout) {
        try {
            List<CloudEvent> events = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> message : consumer.poll(timeout)) {
                read(message, events);
            }
            return events;
        } catch (KafkaException e) {
            throw clients.failure(e);
        }
    }

    /** Whether everything was read that was on the topic when it was opened. */
    public boolean isCaughtUp() {
        return endAtOpen.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    @Override
    public void close() {
        consumer.close();
    }

    private void read(ConsumerRecord<String, byte[]> message, List<CloudEvent> events) {
        try {
            CloudEvent event = KafkaMessageFactory.createReader(message).toEvent();
            if (seen.put(event.getId(), true) == null) {
                events.add(event);
            }
        } catch (CloudEventRWException e) {
            LOG.warn(
                    "{}-{} offset {} is no CloudEvent and is passed over: {}",
                    message.topic(),
                    message.partition(),
                    message.offset(),
                    e.getMessage());
        }
    }
}
