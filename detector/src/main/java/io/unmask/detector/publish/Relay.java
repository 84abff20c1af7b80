package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventSerializer;
import io.unmask.config.Settings;
import io.unmask.detector.verdict.VerdictEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the outbox's events to Kafka, oldest first, on the thread that runs it. Other threads call the other methods. */
final class Relay implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final int BATCH = 500;
    /** Kafka's own 16 kB holds two verdicts, and the embedded broker flushes each batch to the disk. */
    private static final int BATCH_BYTES = 512 << 10;

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration ADOPT_EVERY = Duration.ofMinutes(1);
    private static final Duration LOOK_UP = Duration.ofMillis(100);

    private final Settings.Kafka settings;
    private final Outbox outbox;
    private final CompletableFuture<Map<String, Object>> connection;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean work;
    private boolean closing;
    private boolean ended;
    private long delivered;
    private RuntimeException trouble;

    Relay(Settings.Kafka settings, Outbox outbox, CompletableFuture<Map<String, Object>> connection) {
        this.settings = settings;
        this.outbox = outbox;
        this.connection = connection;
    }

    @Override
    public void run() {
        try {
            KafkaClients clients = new KafkaClients(settings, awaitBroker());
            while (!isClosing()) {
                try {
                    relay(clients);
                } catch (InterruptException e) {
                    throw e;
                } catch (RuntimeException e) {
                    // Any failure may pass. Others rely on this thread, so that it tries again until it is closed.
                    LOG.debug("{}", e.getMessage());
                    update(() -> trouble = forUsers(e));
                    await(RETRY, () -> closing);
                }
            }
        } catch (CancellationException closed) {
            LOG.debug("closed before there was a broker");
        } catch (InterruptException closed) {
            LOG.debug("closed while sending");
        } catch (RuntimeException e) {
            update(() -> trouble = e);
        } finally {
            update(() -> ended = true);
        }
    }

    /** Says that the outbox has something new. */
    void wake() {
        update(() -> work = true);
    }

    long delivered() {
        return locked(() -> delivered);
    }

    Optional<RuntimeException> trouble() {
        return locked(() -> Optional.ofNullable(trouble));
    }

    /** Whether waiting is useless: the relay has ended, or is in trouble that does not pass with time. */
    boolean isStuck() {
        return locked(() -> ended
                || (trouble != null
                        && !(trouble instanceof PublishException.Unavailable)
                        && !(trouble instanceof OutboxException)));
    }

    private static RuntimeException forUsers(RuntimeException e) {
        return e instanceof PublishException || e instanceof OutboxException
                ? e
                : new PublishException.Refused(
                        "events cannot be delivered, for a reason that was not foreseen (" + e
                                + "); they wait in the outbox",
                        e);
    }

    /**
     * Waits for a condition that this relay's progress brings about.
     *
     * @return whether it holds
     */
    boolean await(Duration timeout, BooleanSupplier condition) {
        lock.lock();
        try {
            long nanos = timeout.toNanos();
            while (!condition.getAsBoolean()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        update(() -> closing = true);
    }

    private Map<String, Object> awaitBroker() {
        while (!isClosing()) {
            try {
                return connection.get(LOOK_UP.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillStarting) {
                LOG.trace("no broker yet");
            } catch (ExecutionException e) {
                throw new PublishException.Refused(e.getCause().getMessage(), e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException();
            }
        }
        throw new CancellationException();
    }

    private void relay(KafkaClients clients) {
        clients.ensureTopic();
        Producer<String, CloudEvent> producer =
                clients.producer(new CloudEventSerializer(), Map.of("batch.size", BATCH_BYTES));
        try {
            long adopted = System.nanoTime();
            while (!isClosing()) {
                if (System.nanoTime() - adopted > ADOPT_EVERY.toNanos()) {
                    outbox.adopt();
                    adopted = System.nanoTime();
                }
                update(() -> work = false);
                List<Outbox.Entry> batch = outbox.pending(BATCH);
                if (batch.isEmpty()) {
                    update(() -> trouble = null);
                    await(ADOPT_EVERY, () -> work || closing);
                } else {
                    send(clients, producer, batch);
                }
            }
        } finally {
            // Nothing is waited for: what is not acknowledged is still in the outbox.
            producer.close(Duration.ZERO);
        }
    }

    /** Sends a batch and takes what Kafka acknowledges out of the outbox. */
    private void send(KafkaClients clients, Producer<String, CloudEvent> producer, List<Outbox.Entry> batch) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (Outbox.Entry entry : batch) {
            Future<RecordMetadata> future = send(producer, entry.event());
            sent.add(future);
            if (hasFailed(clients, future)) {
                // It was not sent, and no later event of its stream may overtake it.
                break;
            }
        }
        List<Outbox.Entry> acknowledged = new ArrayList<>();
        PublishException failure = null;
        for (int i = 0; i < sent.size() && failure == null; i++) {
            failure = outcome(clients, sent.get(i));
            if (failure instanceof PublishException.Undeliverable undeliverable) {
                outbox.parked().park(batch.get(i).position(), undeliverable.getMessage());
                failure = null;
            } else if (failure == null
                    && sent.get(i).isDone()
                    && failureOf(sent.get(i)).isEmpty()) {
                // A future that is not done belongs to a relay that was closed while it waited.
                acknowledged.add(batch.get(i));
            }
        }
        outbox.acknowledge(acknowledged);
        update(() -> delivered += acknowledged.size());
        if (failure != null) {
            throw failure;
        }
    }

    private Future<RecordMetadata> send(Producer<String, CloudEvent> producer, CloudEvent event) {
        try {
            return producer.send(new ProducerRecord<>(settings.topic(), VerdictEvent.key(event), event));
        } catch (SerializationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whether the future has failed already, and not because of what the event is. */
    private static boolean hasFailed(KafkaClients clients, Future<RecordMetadata> future) {
        return future.isDone()
                && failureOf(future)
                        .map(cause -> !(clients.failure(cause) instanceof PublishException.Undeliverable))
                        .orElse(false);
    }

    /** Why a future that is done has failed, if it has. */
    private static Optional<Throwable> failureOf(Future<RecordMetadata> done) {
        try {
            done.get();
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(e);
        }
    }

    /** Waits for Kafka's answer, or until the relay is closed; returns the failure, or null when there was none. */
    private PublishException outcome(KafkaClients clients, Future<RecordMetadata> future) {
        long start = System.nanoTime();
        while (!isClosing()) {
            try {
                future.get(LOOK_UP.toMillis(), TimeUnit.MILLISECONDS);
                if (trouble().isPresent()) {
                    // Only then: each update wakes the threads that wait.
                    update(() -> trouble = null);
                }
                return null;
            } catch (TimeoutException e) {
                if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(settings.connectTimeoutMs())) {
                    PublishException slow = clients.failure(new org.apache.kafka.common.errors.TimeoutException(e));
                    update(() -> trouble = slow);
                }
            } catch (ExecutionException e) {
                return clients.failure(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                close();
            }
        }
        return null;
    }

    private boolean isClosing() {
        return locked(() -> closing);
    }

    private void update(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }
}
