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
 * Writes clips to their topic, in order within each stream, each once as far as this process lives. A broker that does not
 * answer is waited for. For one thread that writes.
 */
public final class ClipWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClipWriter.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final int BATCH_BYTES = 512 << 10;

    private final KafkaClients clients;
    private final String topic;
    private final Producer<String, byte[]> producer;
    private final AtomicLong pending = new AtomicLong();
    private final AtomicLong letGo = new AtomicLong();
    private final AtomicReference<PublishException> failure = new AtomicReference<>();
    /** When the broker took a clip, or the first began to wait for it. */
    private volatile long progressNanos;

    private volatile OptionalLong endNanos = OptionalLong.empty();

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
        Settings.Kafka ofClips = new Settings.Kafka(
                settings.bootstrapServers(), topics.clips(), settings.connectTimeoutMs(), settings.properties());
        KafkaClients clients = new KafkaClients(ofClips, connection, "clips wait where they are read");
        topics.ensure(clients);
        topics.warnOfLongerRetention(clients);
        return new ClipWriter(
                clients,
                topics.clips(),
                clients.producer(
                        new ByteArraySerializer(), Map.of("compression.type", "zstd", "batch.size", BATCH_BYTES)));
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
        if (pending.get() == 0) {
            progressNanos = System.nanoTime();
        }
        pending.incrementAndGet();
        boolean taken = false;
        while (!taken && !isGivenUp()) {
            taken = send(message, whenSafe);
        }
        if (!taken) {
            letGo.incrementAndGet();
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
                    progressNanos = System.nanoTime();
                    run(whenSafe);
                } else if (problem instanceof TimeoutException) {
                    // Told within the call: its buffer is full, or it has not found the broker yet.
                    taken.set(false);
                } else {
                    if (isGivenUp()) {
                        letGo.incrementAndGet();
                    } else {
                        failure.compareAndSet(null, clients.failure(problem));
                    }
                    pending.decrementAndGet();
                }
            });
        } catch (KafkaException e) {
            if (isGivenUp()) {
                return false; // It was let go of while it waited.
            }
            throw clients.failure(e);
        }
        return taken.get();
    }

    /** Kafka's client would only note what it throws where nobody looks. */
    private static void run(Runnable whenSafe) {
        try {
            whenSafe.run();
        } catch (RuntimeException e) {
            LOG.error("a clip is safe, but what follows from that failed", e);
        }
    }

    /** What keeps clips from arriving at this moment. */
    public Optional<PublishException> trouble() {
        return Optional.ofNullable(failure.get()).or(() -> {
            long still = System.nanoTime() - progressNanos;
            boolean isAway = pending() > 0
                    && still > TimeUnit.MILLISECONDS.toNanos(clients.settings().connectTimeoutMs());
            return isAway ? Optional.of(clients.failure(new TimeoutException("no clip arrives"))) : Optional.empty();
        });
    }

    /** Waits so long for a broker that does not answer, and lets go of all that it has not taken by then. */
    public void giveUpAfter(Duration patience) {
        endNanos = OptionalLong.of(System.nanoTime() + patience.toNanos());
    }

    private boolean isGivenUp() {
        OptionalLong end = endNanos;
        return end.isPresent() && System.nanoTime() - end.getAsLong() >= 0;
    }

    /** Clips that the broker does not have yet. */
    public long pending() {
        return pending.get();
    }

    /** Whether the broker took a clip for something that it will never take, so that it has not got all. */
    public boolean hasFailed() {
        return failure.get() != null;
    }

    /** Waits until the broker has all, or is given up; returns how many clips it has not. */
    public long drain(Duration timeout) throws InterruptedException {
        long start = System.nanoTime();
        while (pending() > 0
                && failure.get() == null
                && !isGivenUp()
                && System.nanoTime() - start < timeout.toNanos()) {
            Thread.sleep(LOOK_AGAIN.toMillis());
        }
        return pending() + letGo.get();
    }

    /** Lets go of what is not acknowledged: a file is read again, since its end is not. */
    @Override
    public void close() {
        giveUpAfter(Duration.ZERO);
        producer.close(Duration.ZERO);
    }
}
