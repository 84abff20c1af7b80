package io.unmask.detector.publish;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's clients as a member of the group of workers needs them. */
final class WorkerClients {
    private static final int TRANSACTION_TIMEOUT_MS = 15_000;

    private WorkerClients() {}

    static Consumer<String, byte[]> consumer(KafkaClients clients, String group, int batch) {
        return clients.reader(Map.of("group.id", group, "group.protocol", "consumer", "max.poll.records", batch));
    }

    /** A transaction is open for the moment of its commit only: one that lasts is a dead process's. */
    static Producer<String, byte[]> producer(KafkaClients clients, String transactionalId) {
        Map<String, Object> properties = clients.properties(Map.of(
                "transactional.id",
                transactionalId,
                "enable.idempotence",
                true,
                "acks",
                "all",
                "transaction.timeout.ms",
                TRANSACTION_TIMEOUT_MS,
                "max.block.ms",
                clients.settings().connectTimeoutMs()));
        properties.putIfAbsent("compression.type", "zstd");
        properties.putIfAbsent("max.request.size", ClipTopics.MOST_STATE_BYTES);
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }
}
