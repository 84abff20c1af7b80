package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Keeps published events until they were read back from Kafka, and then passes them to the listener. An event is passed on
 * without that when more than {@value #MAX_AWAITED} are waited for and it is the oldest, when it is set aside, and always
 * after {@link #giveUp}. Thread-safe.
 */
final class RoundTrip {
    private static final int REMEMBERED_IDS = 100_000;
    /** Bounds memory: an event takes some 6 kB. */
    static final int MAX_AWAITED = 10_000;

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
     * Ids of events that came back, some of them before {@link #published} was called. They are remembered because the
     * consumer drops the second copy of an event that is published twice, for instance when a file is judged again.
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

    /** Called when events were published. They may have come back already. */
    void published(List<CloudEvent> events) {
        synchronized (lock) {
            switch (route) {
                case CONNECTING -> held.addAll(events);
                case ROUND_TRIP -> events.forEach(this::await);
                case GIVEN_UP -> events.forEach(listener::arrived);
            }
        }
    }

    /** Called when Kafka was reached: events can come back from now on. */
    void connected() {
        synchronized (lock) {
            route = Route.ROUND_TRIP;
            held.forEach(this::await);
            held.clear();
            lock.notifyAll();
        }
    }

    /** Called when events were read from the topic, among them events of other processes. */
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

    /** Called when an event cannot be delivered and is parked: it is passed on and no longer waited for. */
    void setAside(String id) {
        synchronized (lock) {
            Optional.ofNullable(awaited.remove(id))
                    .or(() -> removeHeld(id))
                    .ifPresentOrElse(listener::arrived, () -> back.put(id, true));
            lock.notifyAll();
        }
    }

    private Optional<CloudEvent> removeHeld(String id) {
        Optional<CloudEvent> event =
                held.stream().filter(one -> one.getId().equals(id)).findFirst();
        event.ifPresent(held::remove);
        return event;
    }

    /** Stops waiting, now and for all later events. The listener is told why, once. */
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

    /** Called when reading back has failed unexpectedly, so that no more events will come back. */
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

    /** Gives up if Kafka was not reached yet. */
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

    /** Waits until it is known whether Kafka can be reached. */
    void awaitConnected(Duration timeout) {
        await(timeout, () -> route != Route.CONNECTING || failure != null);
    }

    /**
     * Waits until all events have come back.
     *
     * @return how many have not
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
        if (awaited.size() > MAX_AWAITED) {
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
