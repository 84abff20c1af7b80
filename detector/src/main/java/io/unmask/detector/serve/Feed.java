package io.unmask.detector.serve;

import io.cloudevents.CloudEvent;
import io.unmask.detector.verdict.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes outcomes to subscribers and remembers the newest ones of each source. A subscriber that is too slow misses items
 * and can ask how many; nobody waits for it. Thread-safe.
 */
public final class Feed {
    private static final int REMEMBERED = 240;
    private static final int MAX_SUBSCRIPTIONS = 64;

    private final Map<String, Deque<Item>> recent = new HashMap<>();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private long last;

    /**
     * An outcome that is stored.
     *
     * @param number counts the items of this process
     * @param source id of the source
     * @param shadow whether the outcome is the shadow model's, so that it does not count
     */
    public record Item(long number, String source, Outcome outcome, CloudEvent event, boolean shadow) {}

    /** One subscriber's items. */
    public final class Subscription implements AutoCloseable {
        private final BlockingQueue<Item> waiting;
        private final AtomicLong missed = new AtomicLong();

        private Subscription(int capacity) {
            waiting = new ArrayBlockingQueue<>(capacity);
        }

        /** Waits for the next item; empty when none came in that time. */
        public Optional<Item> poll(long millis) throws InterruptedException {
            return Optional.ofNullable(waiting.poll(millis, TimeUnit.MILLISECONDS));
        }

        /** How many items the subscriber missed since the last call. */
        public long missed() {
            return missed.getAndSet(0);
        }

        private void offer(Item item) {
            while (!waiting.offer(item)) {
                if (waiting.poll() != null) {
                    missed.incrementAndGet();
                }
            }
        }

        @Override
        public void close() {
            subscriptions.remove(this);
        }
    }

    /**
     * Adds a subscriber.
     *
     * @param capacity how many items may wait for it
     * @return empty when there are too many subscribers already
     */
    public Optional<Subscription> subscribe(int capacity) {
        if (subscriptions.size() >= MAX_SUBSCRIPTIONS) {
            return Optional.empty();
        }
        Subscription subscription = new Subscription(capacity);
        subscriptions.add(subscription);
        return Optional.of(subscription);
    }

    /**
     * Forgets a source's items and remembers its newest ones from now on. Items of anything that was not named here, such as
     * an upload, are only passed on.
     */
    void remember(String source) {
        synchronized (recent) {
            recent.put(source, new ArrayDeque<>());
        }
    }

    boolean remembers(String source) {
        synchronized (recent) {
            return recent.containsKey(source);
        }
    }

    /** The newest items of a source, the oldest first. */
    public List<Item> recent(String source) {
        synchronized (recent) {
            return new ArrayList<>(recent.getOrDefault(source, new ArrayDeque<>()));
        }
    }

    /** @param shadow whether the outcome is the shadow model's, which is passed on and not remembered */
    void publish(String source, Outcome outcome, CloudEvent event, boolean shadow) {
        Item item;
        synchronized (recent) {
            item = new Item(++last, source, outcome, event, shadow);
            Deque<Item> items = recent.get(source);
            if (items != null && !shadow) {
                items.add(item);
                if (items.size() > REMEMBERED) {
                    items.remove();
                }
            }
        }
        subscriptions.forEach(subscription -> subscription.offer(item));
    }

    /** Forgets a source that was removed. Outcomes that still arrive for it are only passed on. */
    void forget(String source) {
        synchronized (recent) {
            recent.remove(source);
        }
    }
}
