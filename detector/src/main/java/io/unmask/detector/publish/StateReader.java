package io.unmask.detector.publish;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads the states of a partition's streams as its last owner left them. Not thread-safe. */
final class StateReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    /** Longer than Kafka takes to abort the transaction of a process that died. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private final KafkaClients clients;
    private final ClipTopics topics;
    private final Admin admin;
    private final Consumer<String, byte[]> consumer;

    StateReader(KafkaClients clients, ClipTopics topics) {
        this.clients = clients;
        this.topics = topics;
        admin = clients.admin();
        try {
            consumer = clients.consumer();
        } catch (PublishException e) {
            admin.close();
            throw e;
        }
    }

    /**
     * The newest committed record of each key. Waits until open transactions have ended.
     *
     * @throws PublishException when Kafka does not answer, or refuses
     */
    Map<String, byte[]> read(int partition) {
        TopicPartition states = new TopicPartition(topics.states(), partition);
        long end = end(states);
        consumer.assign(Set.of(states));
        consumer.seekToBeginning(Set.of(states));
        Map<String, byte[]> newest = new HashMap<>();
        long start = System.nanoTime();
        while (consumer.position(states) < end) {
            for (ConsumerRecord<String, byte[]> state : consumer.poll(POLL)) {
                if (state.value() == null) {
                    newest.remove(state.key());
                } else {
                    newest.put(state.key(), state.value());
                }
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw clients.failure(new TimeoutException(states + " cannot be read to its end"));
            }
        }
        return newest;
    }

    /** The end of a partition, with records that are not committed yet. */
    private long end(TopicPartition partition) {
        try {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            throw clients.failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PublishException.Unavailable("interrupted while waiting for Kafka", e);
        }
    }

    @Override
    public void close() {
        consumer.close();
        admin.close();
    }
}
