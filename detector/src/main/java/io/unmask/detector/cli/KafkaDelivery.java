package io.unmask.detector.cli;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerException;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.publish.KafkaPublisher;
import io.unmask.detector.publish.Outbox;
import io.unmask.detector.publish.PublishException;
import io.unmask.detector.publish.VerdictConsumer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Publishes events through the outbox and shows them when they have come back from Kafka. The broker is found, or
 * started, on a thread of its own, beside decoding and model loading. When Kafka cannot be reached, at the start or
 * later, the user is told once and events are shown as they are kept.
 */
final class KafkaDelivery implements Delivery {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int REMEMBERED_IDS = 100_000;

    private enum Route {
        CONNECTING,
        ROUND_TRIP,
        KEPT
    }

    private final Settings settings;
    private final Console console;
    private final ResultView view;
    private final Outbox outbox;
    private final KafkaPublisher publisher;
    private final CompletableFuture<String> bootstrapServers = new CompletableFuture<>();
    private final Thread reader = new Thread(this::run, "unmask-results");

    private final Object lock = new Object();
    private Route route = Route.CONNECTING;
    private final List<CloudEvent> held = new ArrayList<>();
    private final Map<String, CloudEvent> awaited = new LinkedHashMap<>();
    /** Came back before they were published by this run: an earlier one left them in the outbox. */
    private final Map<String, Boolean> early = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_IDS;
        }
    };

    private boolean closing;
    private final long inherited;
    private long published;
    private long left;
    private RuntimeException failure;

    private KafkaDelivery(Settings settings, Console console, ResultView view) {
        this.settings = settings;
        this.console = console;
        this.view = view;
        outbox = Outbox.open(outboxFile(settings), settings.outbox().maxMegabytes());
        inherited = outbox.pendingCount();
        publisher = KafkaPublisher.start(settings.kafka(), outbox, bootstrapServers);
        reader.setDaemon(true);
    }

    static KafkaDelivery start(Settings settings, Console console, ResultView view) {
        KafkaDelivery delivery = new KafkaDelivery(settings, console, view);
        delivery.reader.start();
        return delivery;
    }

    static Path outboxFile(Settings settings) {
        return settings.dataDirectory().resolve("outbox.db");
    }

    @Override
    public void deliver(List<CloudEvent> events) {
        synchronized (lock) {
            published += events.size();
            switch (route) {
                case CONNECTING -> held.addAll(events);
                case ROUND_TRIP -> events.forEach(this::await);
                case KEPT -> events.forEach(view::show);
            }
        }
        publisher.publish(events);
    }

    @Override
    public boolean finish() {
        left = publisher.drain(drainTimeout());
        String trouble = publisher.trouble().map(Throwable::getMessage).orElse("Kafka was too slow");
        synchronized (lock) {
            if (left == 0) {
                awaitAll();
            }
            if (failure != null && left == 0) {
                console.error(failure.getMessage());
            } else if (left > 0) {
                keep(trouble);
                console.error(left + " events are kept in " + outboxFile(settings) + "; the next run delivers them");
            } else if (!awaited.isEmpty()) {
                console.error(awaited.size() + " events were published but did not come back within "
                        + settings.kafka().connectTimeoutMs() + " ms");
            }
            return left == 0 && awaited.isEmpty() && failure == null;
        }
    }

    @Override
    public Optional<String> summary() {
        synchronized (lock) {
            long delivered = inherited + published - left;
            if (delivered == 0 || route != Route.ROUND_TRIP) {
                return Optional.empty();
            }
            return Optional.of(
                    delivered + " events published to " + settings.kafka().topic() + " at "
                            + bootstrapServers.join()
                            + (inherited > 0 ? ", " + inherited + " of them from an earlier run" : ""));
        }
    }

    @Override
    public void close() {
        try (outbox;
                publisher) {
            synchronized (lock) {
                closing = true;
                lock.notifyAll();
            }
        }
        bootstrapServers.completeExceptionally(new IllegalStateException("closed"));
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (BrokerLease broker = Brokers.obtain(settings)) {
            readBack(broker.bootstrapServers());
            awaitClosing();
        } catch (BrokerException e) {
            keep(e.getMessage());
            bootstrapServers.completeExceptionally(e);
        } catch (RuntimeException e) {
            synchronized (lock) {
                failure = e;
                lock.notifyAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readBack(String address) {
        // Opened before the first event leaves, so that none is missed.
        try (VerdictConsumer consumer = VerdictConsumer.open(settings.kafka(), address, VerdictConsumer.Start.NOW)) {
            synchronized (lock) {
                route = Route.ROUND_TRIP;
                held.forEach(this::await);
                held.clear();
                lock.notifyAll();
            }
            bootstrapServers.complete(address);
            showArrivals(consumer);
        } catch (PublishException e) {
            keep(e.getMessage());
            // The publisher keeps trying: the broker may come up before the end.
            bootstrapServers.complete(address);
        }
    }

    /** Until the end, or until events have not left for so long that they are not waited for. */
    private void showArrivals(VerdictConsumer consumer) {
        long patienceNanos = TimeUnit.MILLISECONDS.toNanos(settings.kafka().connectTimeoutMs());
        long wellNanos = System.nanoTime();
        while (!isClosing()) {
            arrived(consumer.poll(POLL));
            Optional<RuntimeException> trouble = publisher.trouble();
            if (trouble.isEmpty()) {
                wellNanos = System.nanoTime();
            } else if (System.nanoTime() - wellNanos > patienceNanos) {
                keep(trouble.get().getMessage());
                return;
            }
        }
    }

    private void await(CloudEvent event) {
        if (early.remove(event.getId()) != null) {
            view.show(event);
        } else {
            awaited.put(event.getId(), event);
        }
    }

    private void arrived(List<CloudEvent> events) {
        synchronized (lock) {
            for (CloudEvent event : events) {
                if (awaited.remove(event.getId()) != null) {
                    view.show(event);
                } else {
                    early.put(event.getId(), true);
                }
            }
            lock.notifyAll();
        }
    }

    /** Gives up on the round trip: from now on events are shown as they are kept. */
    private void keep(String why) {
        synchronized (lock) {
            if (route == Route.KEPT) {
                return;
            }
            console.error(why);
            route = Route.KEPT;
            awaited.values().forEach(view::show);
            awaited.clear();
            held.forEach(view::show);
            held.clear();
            lock.notifyAll();
        }
    }

    /** No longer than it takes to know: a broker that did not answer at the start is not waited for at the end. */
    private Duration drainTimeout() {
        Duration drain = Duration.ofMillis(settings.outbox().drainTimeoutMs());
        synchronized (lock) {
            await(drain, () -> route != Route.CONNECTING || failure != null);
            return route == Route.KEPT ? Duration.ZERO : drain;
        }
    }

    private void awaitAll() {
        await(
                Duration.ofMillis(settings.kafka().connectTimeoutMs()),
                () -> route != Route.ROUND_TRIP || awaited.isEmpty() || failure != null);
    }

    private void await(Duration timeout, BooleanSupplier condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lock) {
            try {
                long leftMs = timeout.toMillis();
                while (!condition.getAsBoolean() && leftMs > 0) {
                    lock.wait(leftMs);
                    leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void awaitClosing() throws InterruptedException {
        synchronized (lock) {
            while (!closing) {
                lock.wait();
            }
        }
    }

    private boolean isClosing() {
        synchronized (lock) {
            return closing;
        }
    }
}
