package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * Publishes events at least once and in each stream's order: {@link #publish} commits them to the outbox, a thread
 * named {@code unmask-relay} brings them to Kafka. Ids are deterministic, so that consumers recognise a repetition.
 * A broker that does not answer is tried for as long as the publisher is open. Thread-safe.
 */
public final class KafkaPublisher implements AutoCloseable {
    /** How often {@link #drain} asks whether there is still time. */
    private static final int LOOKS = 20;

    private final Outbox outbox;
    private final Duration fullTimeout;
    private final Relay relay;
    private final Thread thread;

    private KafkaPublisher(Settings.Kafka settings, Outbox outbox, CompletionStage<Map<String, Object>> connection) {
        this.outbox = outbox;
        this.fullTimeout = Duration.ofMillis(settings.connectTimeoutMs());
        this.relay = new Relay(settings, outbox, connection.toCompletableFuture());
        this.thread = new Thread(relay, "unmask-relay");
        thread.setDaemon(true);
    }

    /**
     * Starts to relay what the outbox holds.
     *
     * @param outbox stays the caller's to close, after the publisher
     * @param connection may complete later: until then verdicts gather in the outbox
     */
    public static KafkaPublisher start(
            Settings.Kafka settings, Outbox outbox, CompletionStage<Map<String, Object>> connection) {
        KafkaPublisher publisher = new KafkaPublisher(settings, outbox, connection);
        publisher.thread.start();
        return publisher;
    }

    /**
     * Commits events, which are safe when this returns. While the outbox is full, this waits as long as Kafka takes events.
     *
     * @throws OutboxFullException when the outbox is full and Kafka took nothing for {@code kafka.connect-timeout-ms}
     * @throws OutboxException when they cannot be written
     */
    public void publish(List<CloudEvent> events) {
        while (true) {
            long deliveredBefore = relay.delivered();
            try {
                outbox.append(events);
                relay.wake();
                return;
            } catch (OutboxFullException e) {
                if (!relay.await(fullTimeout, () -> relay.delivered() > deliveredBefore)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Waits until Kafka has everything that was published.
     *
     * @return how many events are left in the outbox: 0 unless the time was too short or Kafka refused
     */
    public long drain(Duration timeout) {
        return drain(timeout, () -> false);
    }

    /**
     * Waits until Kafka has everything that was published, but not for a broker that takes nothing while time is short.
     *
     * @param hurried whether time is short; asked again and again
     */
    public long drain(Duration timeout, BooleanSupplier hurried) {
        boolean over = false;
        for (int look = 0; look < LOOKS && !over; look++) {
            long before = relay.delivered();
            over = relay.await(timeout.dividedBy(LOOKS), () -> outbox.pendingCount() == 0 || relay.isStuck())
                    || (hurried.getAsBoolean() && relay.delivered() == before);
        }
        return outbox.pendingCount();
    }

    /** Why events are not delivered at this moment; empty when they are. */
    public Optional<RuntimeException> trouble() {
        return relay.trouble();
    }

    /** Events that Kafka has acknowledged. */
    public long delivered() {
        return relay.delivered();
    }

    /** Stops relaying. Undelivered events stay in the outbox. */
    @Override
    public void close() {
        relay.close();
        // It may be waiting for a broker that does not answer.
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
