package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits for events to come back from where they were published, and passes each on when it has, or when too many others wait
 * behind it. When it is given up, events are passed on as they are published. Thread-safe.
 */
final class RoundTrip {
    private static final int REMEMBERED_IDS = 100_000;
    /** An event takes some 6 kB. */
    static final int MOST_AWAITED = 10_000;

    private enum Route {
        CONNECTING,
        ROUND_TRIP,
        GIVEN_UP
    }

    private final Delivery.Listener listener;
    private final Object lock = new Object();
    private Route route = Route.CONNECTING;
    private final List<CloudEvent> held = new ArrayList<>();
    private final Map<String, CloudEvent> awaited = new LinkedHashMap<>();
    /**
     * Ids that came back, also before they were {@link #published}. An event that is published again, as of a file that is
     * judged again, does not come back again.
     */
    private final Map<String, Boolean> back = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_IDS;
        }
    };

    private RuntimeException failure;

    RoundTrip(Delivery.Listener listener) {
        this.listener = listener;
    }

    /** Events were published. They may have come back already. */
    void published(List<CloudEvent> events) {
        synchronized (lock) {
            switch (route) {
                case CONNECTING -> held.addAll(events);
                case ROUND_TRIP -> events.forEach(this::await);
                case GIVEN_UP -> events.forEach(listener::arrived);
            }
        }
    }

    /** From now on events come back. */
    void connected() {
        synchronized (lock) {
            route = Route.ROUND_TRIP;
            held.forEach(this::await);
            held.clear();
            lock.notifyAll();
        }
    }

    /** Events came back; they may be others' as well. */
    void arrived(List<CloudEvent> events) {
        synchronized (lock) {
            for (CloudEvent event : events) {
                back.put(event.getId(), true);
                if (awaited.remove(event.getId()) != null) {
                    listener.arrived(event);
                }
            }
            lock.notifyAll();
        }
    }

    /** An event cannot be published and is kept: it is told of and not waited for. */
    void setAside(String id) {
        synchronized (lock) {
            CloudEvent event = awaited.remove(id);
            for (Iterator<CloudEvent> each = held.iterator(); event == null && each.hasNext(); ) {
                CloudEvent next = each.next();
                if (next.getId().equals(id)) {
                    each.remove();
                    event = next;
                }
            }
            if (event != null) {
                listener.arrived(event);
            } else {
                back.put(id, true);
            }
            lock.notifyAll();
        }
    }

    /** Waits for nothing any more. The listener is told why, once. */
    void giveUp(String why) {
        synchronized (lock) {
            if (route == Route.GIVEN_UP) {
                return;
            }
            listener.trouble(why);
            route = Route.GIVEN_UP;
            awaited.values().forEach(listener::arrived);
            awaited.clear();
            held.forEach(listener::arrived);
            held.clear();
            lock.notifyAll();
        }
    }

    /** Nothing will come back any more, for a reason that was not foreseen. */
    void fail(RuntimeException cause) {
        synchronized (lock) {
            failure = cause;
            lock.notifyAll();
        }
    }

    Optional<RuntimeException> failure() {
        synchronized (lock) {
            return Optional.ofNullable(failure);
        }
    }

    /** Gives up unless events come back already. */
    void giveUpConnecting(String why) {
        synchronized (lock) {
            if (route == Route.CONNECTING) {
                giveUp(why);
            }
        }
    }

    boolean isConnected() {
        synchronized (lock) {
            return route == Route.ROUND_TRIP;
        }
    }

    boolean isGivenUp() {
        synchronized (lock) {
            return route == Route.GIVEN_UP;
        }
    }

    /** Waits until it is known whether events come back. */
    void awaitConnected(Duration timeout) {
        await(timeout, () -> route != Route.CONNECTING || failure != null);
    }

    /**
     * Waits until all that is waited for is back.
     *
     * @return how many events are not
     */
    int awaitArrivals(Duration timeout) {
        await(timeout, () -> route != Route.ROUND_TRIP || awaited.isEmpty() || failure != null);
        synchronized (lock) {
            return awaited.size();
        }
    }

    private void await(CloudEvent event) {
        if (back.containsKey(event.getId())) {
            listener.arrived(event);
            return;
        }
        awaited.put(event.getId(), event);
        if (awaited.size() > MOST_AWAITED) {
            CloudEvent oldest = awaited.values().iterator().next();
            awaited.remove(oldest.getId());
            listener.arrived(oldest);
        }
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
}
