package io.unmask.detector.publish;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's clients as a member of the group of workers needs them. */
final class WorkerClients {
    private static final int TRANSACTION_TIMEOUT_MS = 15_000;

    private WorkerClients() {}

    static Consumer<String, byte[]> consumer(KafkaClients clients, String group, int batch) {
        return new KafkaConsumer<>(
                clients.properties(Map.of(
                        "group.id",
                        group,
                        "group.protocol",
                        "consumer",
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "earliest",
                        "isolation.level",
                        "read_committed",
                        "allow.auto.create.topics",
                        false,
                        "max.poll.records",
                        batch)),
                new StringDeserializer(),
                new ByteArrayDeserializer());
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
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }
}
