package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import io.unmask.config.DiskSpace;
import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerException;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.publish.KafkaPublisher;
import io.unmask.detector.publish.Outbox;
import io.unmask.detector.publish.OutboxException;
import io.unmask.detector.publish.ParkedEvents;
import io.unmask.detector.publish.PublishException;
import io.unmask.detector.publish.VerdictConsumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Publishes events through the outbox, and passes each event to the listener once it was read back from Kafka. The broker
 * is found, or started, on a thread of its own, while the model loads and sources are decoded. When Kafka cannot be
 * reached, at the start or later, the listener is told once, and from then on is given each event as soon as it is stored.
 */
public final class KafkaDelivery implements Delivery {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long STOP_MS = 500;
    private static final long RETRY_MS = 5_000;

    private final Settings settings;
    private final Listener listener;
    private final RoundTrip trip;
    private final Outbox outbox;
    private final KafkaPublisher publisher;
    private final CompletableFuture<Map<String, Object>> connection = new CompletableFuture<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread reader = new Thread(this::run, "unmask-results");

    /** Events that an earlier run left in the outbox. */
    private final long inherited;

    private final AtomicLong published = new AtomicLong();
    private final AtomicLong parked = new AtomicLong();
    /** Events that {@link #finish} did not get delivered. */
    private volatile long left;

    private volatile boolean stopped;

    private KafkaDelivery(Settings settings, Listener listener) {
        this.settings = settings;
        this.listener = listener;
        trip = new RoundTrip(listener);
        outbox = Outbox.open(Outbox.fileFor(settings), settings.outbox().maxMegabytes());
        outbox.parked().onParked(this::parked);
        inherited = outbox.pendingCount();
        publisher = KafkaPublisher.start(settings.kafka(), outbox, connection);
        reader.setDaemon(true);
    }

    /** Opens the outbox and begins to look for the broker. */
    public static KafkaDelivery start(Settings settings, Listener listener) {
        KafkaDelivery delivery = new KafkaDelivery(settings, listener);
        tellOfEventsElsewhere(settings, listener);
        delivery.reader.start();
        return delivery;
    }

    private static void tellOfEventsElsewhere(Settings settings, Listener listener) {
        try {
            Outbox.Elsewhere elsewhere = Outbox.elsewhere(settings);
            if (elsewhere.waiting() > 0) {
                listener.trouble(elsewhere.toString());
            }
        } catch (OutboxException e) {
            listener.trouble(e.getMessage());
        }
    }

    @Override
    public SideDelivery beside(String topic) {
        return new SideDelivery(settings, topic, connection);
    }

    @Override
    public void deliver(List<CloudEvent> events) {
        // Stored first: the listener is never given an event that a crash could lose.
        publisher.publish(events);
        published.addAndGet(events.size());
        trip.published(events);
    }

    @Override
    public void stop() {
        stopped = true;
        trip.giveUpConnecting("stopped before the broker had started");
    }

    @Override
    public boolean finish() {
        left = publisher.drain(drainTimeout(), () -> stopped);
        if (left > 0) {
            trip.giveUp(
                    orDiskFull(publisher.trouble().map(Throwable::getMessage).orElse("Kafka was too slow")));
            listener.trouble(left + " events are kept in " + Outbox.fileFor(settings) + "; the next run delivers them");
            return false;
        }
        int away = trip.awaitArrivals(Duration.ofMillis(settings.kafka().connectTimeoutMs()));
        Optional<RuntimeException> failure = trip.failure();
        if (failure.isPresent()) {
            listener.trouble(failure.get().getMessage());
        } else if (away > 0) {
            listener.trouble(away + " events were published but did not come back within "
                    + settings.kafka().connectTimeoutMs() + " ms");
        }
        return away == 0 && failure.isEmpty() && parked.get() == 0;
    }

    /** Names a full disk as the cause. The embedded broker does not report it, but stops answering. */
    private String orDiskFull(String trouble) {
        return settings.kafka().bootstrapServers().isEmpty() && DiskSpace.isFull(settings.dataDirectory())
                ? "the disk of " + settings.dataDirectory()
                        + " is full, so that the embedded broker takes no events: free some space"
                : trouble;
    }

    @Override
    public long pending() {
        return outbox.pendingCount();
    }

    @Override
    public Optional<String> summary() {
        long delivered = inherited + published.get() - left - parked.get();
        if (delivered == 0 || !trip.isConnected()) {
            return Optional.empty();
        }
        return Optional.of(delivered + " events published to "
                + settings.kafka().topic() + " at " + connection.join().get("bootstrap.servers")
                + (inherited > 0 ? ", " + inherited + " of them from an earlier run" : ""));
    }

    @Override
    public void close() {
        try (outbox;
                publisher) {
            closing.countDown();
        }
        connection.completeExceptionally(new IllegalStateException("closed"));
        try {
            // After a signal, a broker that is still starting or ending is not waited for. Its folder survives an
            // abrupt end of the process.
            reader.join(stopped ? STOP_MS : 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void parked(ParkedEvents.Parked event) {
        parked.incrementAndGet();
        listener.trouble(
                "event " + event.id() + " of " + event.bytes() + " bytes cannot be delivered and is set aside: "
                        + event.reason() + "; 'unmask outbox' lists such events");
        trip.setAside(event.id());
    }

    /** Tries again when no broker can be found or started: a program that occupies its port may end. */
    private void run() {
        try {
            while (closing.getCount() > 0) {
                try (BrokerLease broker = Brokers.obtain(settings)) {
                    serve(broker);
                } catch (RuntimeException e) {
                    trip.giveUp(e instanceof BrokerException ? e.getMessage() : "the broker failed: " + e);
                    var unused = closing.await(RETRY_MS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(BrokerLease broker) throws InterruptedException {
        try {
            readBack(broker.connection());
        } catch (RuntimeException e) {
            // A failure to read back must not end the lease, because the relay still needs the broker.
            trip.fail(e);
        }
        closing.await();
    }

    private void readBack(Map<String, Object> found) {
        // The consumer is opened before the relay may send, so that it misses no event.
        try (VerdictConsumer consumer = VerdictConsumer.open(settings.kafka(), found, VerdictConsumer.Start.NOW)) {
            trip.connected();
            connection.complete(found);
            tellOfArrivals(consumer);
        } catch (PublishException e) {
            trip.giveUp(orDiskFull(e.getMessage()));
            // The publisher keeps trying: the broker may come up before the end.
            connection.complete(found);
        }
    }

    /** Passes on events that come back, until the end or until nothing could be sent for {@code kafka.connect-timeout-ms}. */
    private void tellOfArrivals(VerdictConsumer consumer) {
        long patienceNanos = TimeUnit.MILLISECONDS.toNanos(settings.kafka().connectTimeoutMs());
        long lastWellNanos = System.nanoTime();
        while (closing.getCount() > 0) {
            trip.arrived(consumer.poll(POLL));
            Optional<RuntimeException> trouble = publisher.trouble();
            if (trouble.isEmpty()) {
                lastWellNanos = System.nanoTime();
            } else if (System.nanoTime() - lastWellNanos > patienceNanos) {
                trip.giveUp(orDiskFull(trouble.get().getMessage()));
                return;
            }
        }
    }

    /** No time at all for a broker that does not answer. One that was away for a while, but is back, gets the full time. */
    private Duration drainTimeout() {
        Duration drain = Duration.ofMillis(settings.outbox().drainTimeoutMs());
        trip.awaitConnected(drain);
        boolean isAway = !connection.isDone() || publisher.trouble().isPresent();
        return trip.isGivenUp() && isAway ? Duration.ZERO : drain;
    }
}
