package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.unmask.config.Settings;
import io.unmask.detector.verdict.VerdictEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes clips to their topic, in order within each stream, each once as far as this process lives. A broker that does not
 * answer is waited for. For one thread that writes.
 */
public final class ClipWriter implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final KafkaClients clients;
    private final String topic;
    private final Producer<String, byte[]> producer;
    private final AtomicLong pending = new AtomicLong();
    private final AtomicReference<PublishException> failure = new AtomicReference<>();
    private volatile Optional<PublishException> trouble = Optional.empty();
    private volatile boolean closing;

    private ClipWriter(KafkaClients clients, String topic, Producer<String, byte[]> producer) {
        this.clients = clients;
        this.topic = topic;
        this.producer = producer;
    }

    /**
     * Makes the topics that are absent and opens a producer.
     *
     * @throws PublishException when Kafka does not answer, or refuses
     */
    public static ClipWriter open(Settings.Kafka settings, Settings.Workers workers, Map<String, Object> connection) {
        KafkaClients clients = new KafkaClients(settings, connection, "clips wait where they are read");
        ClipTopics topics = new ClipTopics(workers);
        topics.ensure(clients);
        try {
            return new ClipWriter(clients, topics.clips(), producer(clients));
        } catch (KafkaException e) {
            throw clients.failure(e);
        }
    }

    private static Producer<String, byte[]> producer(KafkaClients clients) {
        Map<String, Object> properties = clients.properties(Map.of(
                "enable.idempotence",
                true,
                "acks",
                "all",
                // Never given up: a clip that expired would let a later one of its stream pass.
                "delivery.timeout.ms",
                Integer.MAX_VALUE,
                "max.block.ms",
                clients.settings().connectTimeoutMs()));
        properties.putIfAbsent("compression.type", "zstd");
        properties.putIfAbsent("batch.size", 512 << 10);
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    /**
     * Sends an event, keyed by its stream; blocks while too much is on its way.
     *
     * @param whenSafe runs on a thread of Kafka's once the broker has it
     * @throws PublishException when the broker took an earlier one of these for something that it will never take
     */
    public void write(CloudEvent event, Runnable whenSafe) {
        ProducerRecord<String, byte[]> message = KafkaMessageFactory.<String>createWriter(
                        topic, null, null, VerdictEvent.key(event))
                .writeBinary(event);
        pending.incrementAndGet();
        boolean taken = false;
        while (!taken && !closing) {
            taken = send(message, whenSafe);
        }
        if (!taken) {
            pending.decrementAndGet();
        }
    }

    /** Whether Kafka's client has taken it. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback is told
    private boolean send(ProducerRecord<String, byte[]> message, Runnable whenSafe) {
        if (failure.get() != null) {
            throw failure.get();
        }
        AtomicBoolean taken = new AtomicBoolean(true);
        try {
            producer.send(message, (metadata, problem) -> {
                if (problem == null) {
                    pending.decrementAndGet();
                    trouble = Optional.empty();
                    whenSafe.run();
                } else if (problem instanceof TimeoutException) {
                    // Told within the call: its buffer is full, or it has not found the broker yet.
                    trouble = Optional.of(clients.failure(problem));
                    taken.set(false);
                } else {
                    pending.decrementAndGet();
                    failure.compareAndSet(null, clients.failure(problem));
                }
            });
        } catch (KafkaException e) {
            if (closing) {
                return false; // It was let go of while it waited.
            }
            throw clients.failure(e);
        }
        return taken.get();
    }

    /** What keeps clips from arriving at this moment. */
    public Optional<PublishException> trouble() {
        return Optional.ofNullable(failure.get()).or(() -> trouble);
    }

    /** Clips that the broker does not have yet. */
    public long pending() {
        return pending.get();
    }

    /** Whether the broker took a clip for something that it will never take, so that it has not got all. */
    public boolean hasFailed() {
        return failure.get() != null;
    }

    /** Waits until the broker has all; returns how many it has not. */
    public long drain(Duration timeout) throws InterruptedException {
        long start = System.nanoTime();
        while (pending() > 0 && failure.get() == null && System.nanoTime() - start < timeout.toNanos()) {
            Thread.sleep(LOOK_AGAIN.toMillis());
        }
        return pending();
    }

    /** Lets go of what is not acknowledged: a file is read again, since its end is not. */
    @Override
    public void close() {
        closing = true;
        producer.close(Duration.ZERO);
    }
}
