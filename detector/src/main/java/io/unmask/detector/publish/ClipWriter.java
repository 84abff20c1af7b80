package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.unmask.config.Settings;
import io.unmask.detector.verdict.VerdictEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes clips to their topic, in order within each stream and, as long as this process lives, each once. Waits for a
 * broker that does not answer. One thread alone may call {@link #write}; the other methods are thread-safe.
 */
public final class ClipWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClipWriter.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final int BATCH_BYTES = 512 << 10;

    private final KafkaClients clients;
    private final String topic;
    private final Producer<String, byte[]> producer;
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong abandoned = new AtomicLong();
    private final AtomicReference<PublishException> failure = new AtomicReference<>();
    /** When the broker last took a clip or, if that is later, when a clip began to wait with no other before it. */
    private volatile long progressNanos;

    private volatile OptionalLong giveUpNanos = OptionalLong.empty();

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
        ClipTopics topics = new ClipTopics(workers);
        Settings.Kafka clipsKafka = new Settings.Kafka(
                settings.bootstrapServers(), topics.clips(), settings.connectTimeoutMs(), settings.properties());
        KafkaClients clients =
                new KafkaClients(clipsKafka, connection, "clips wait in the process that reads their video");
        topics.ensure(clients);
        topics.warnOfLongerRetention(clients);
        return new ClipWriter(
                clients,
                topics.clips(),
                clients.producer(
                        new ByteArraySerializer(), Map.of("compression.type", "zstd", "batch.size", BATCH_BYTES)));
    }

    /**
     * Sends an event, keyed by its stream. Blocks while Kafka's client has no room for it.
     *
     * @param whenSafe runs on one of Kafka's threads once the broker has the event
     * @throws PublishException when the broker has refused an earlier event for good
     */
    public void write(CloudEvent event, Runnable whenSafe) {
        ProducerRecord<String, byte[]> message = KafkaMessageFactory.<String>createWriter(
                        topic, null, null, VerdictEvent.key(event))
                .writeBinary(event);
        if (pending.get() == 0) {
            progressNanos = System.nanoTime();
        }
        pending.incrementAndGet();
        boolean taken = false;
        while (!taken && !isGivenUp()) {
            taken = send(message, whenSafe);
        }
        if (!taken) {
            abandoned.incrementAndGet();
            pending.decrementAndGet();
        }
    }

    /** Hands a message to Kafka's client; false when the client could not take it. */
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
                    progressNanos = System.nanoTime();
                    run(whenSafe);
                } else if (problem instanceof TimeoutException) {
                    // This runs within the call to send: the client's buffer is full, or it knows no broker yet.
                    taken.set(false);
                } else {
                    if (isGivenUp()) {
                        abandoned.incrementAndGet();
                    } else {
                        failure.compareAndSet(null, clients.failure(problem));
                    }
                    pending.decrementAndGet();
                }
            });
        } catch (KafkaException e) {
            if (isGivenUp()) {
                return false; // The writer gave up while this clip waited.
            }
            throw clients.failure(e);
        }
        return taken.get();
    }

    /** Logs what fails: Kafka's client would note it in its own log alone. */
    private static void run(Runnable whenSafe) {
        try {
            whenSafe.run();
        } catch (RuntimeException e) {
            LOG.error("a clip is safe, but what follows from that failed", e);
        }
    }

    /** Why clips do not reach the broker at this moment; empty when they do. */
    public Optional<PublishException> trouble() {
        return Optional.ofNullable(failure.get()).or(() -> {
            long still = System.nanoTime() - progressNanos;
            boolean isAway = pending() > 0
                    && still > TimeUnit.MILLISECONDS.toNanos(clients.settings().connectTimeoutMs());
            return isAway ? Optional.of(clients.failure(new TimeoutException("no clip arrives"))) : Optional.empty();
        });
    }

    /** From now on, waits at most this long for a broker that does not answer, then abandons the clips that wait. */
    public void giveUpAfter(Duration patience) {
        giveUpNanos = OptionalLong.of(System.nanoTime() + patience.toNanos());
    }

    private boolean isGivenUp() {
        OptionalLong end = giveUpNanos;
        return end.isPresent() && System.nanoTime() - end.getAsLong() >= 0;
    }

    /** Clips that the broker does not have yet. */
    public long pending() {
        return pending.get();
    }

    /** Whether the broker has refused a clip for good, so that it will never have all of them. */
    public boolean hasFailed() {
        return failure.get() != null;
    }

    /** Waits until the broker has all clips, has refused one, or the time is up; returns how many it does not have. */
    public long drain(Duration timeout) throws InterruptedException {
        long start = System.nanoTime();
        while (pending() > 0
                && failure.get() == null
                && !isGivenUp()
                && System.nanoTime() - start < timeout.toNanos()) {
            Thread.sleep(LOOK_AGAIN.toMillis());
        }
        return pending() + abandoned.get();
    }

    /** Abandons clips that are not acknowledged. Their file will be read again: its end is not acknowledged either. */
    @Override
    public void close() {
        giveUpAfter(Duration.ZERO);
        producer.close(Duration.ZERO);
    }
}
