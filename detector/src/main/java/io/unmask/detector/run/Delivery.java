package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Brings events to where they belong and tells its listener of those that arrived. */
public interface Delivery extends AutoCloseable {

    /** Hears of a delivery, from one thread at a time. */
    interface Listener {

        /** An event is where it belongs; if that cannot be reached, it is kept for later. */
        void arrived(CloudEvent event);

        /** Something keeps events from arriving. */
        void trouble(String message);
    }

    /** Events are safe when this returns. Called by the committing thread. */
    void deliver(List<CloudEvent> events);

    /**
     * A way to another topic at the same broker.
     *
     * @throws UnsupportedOperationException where events go nowhere
     */
    default SideDelivery beside(String topic) {
        throw new UnsupportedOperationException("events of " + topic + " would go nowhere");
    }

    /**
     * Waits for what is on its way.
     *
     * @return whether everything arrived; if not, the listener was told
     */
    boolean finish();

    /** Events that are safe and not yet where they belong. */
    long pending();

    /** The user wants the run to end: nothing that takes long is begun. May be called by any thread. */
    void stop();

    /** Where events went, for people; empty when nowhere. */
    Optional<String> summary();

    @Override
    void close();

    /** Tells of events and keeps them nowhere. */
    record Unpublished(Consumer<CloudEvent> arrivals) implements Delivery {
        @Override
        public void deliver(List<CloudEvent> events) {
            events.forEach(arrivals);
        }

        @Override
        public boolean finish() {
            return true;
        }

        @Override
        public long pending() {
            return 0;
        }

        @Override
        public void stop() {}

        @Override
        public Optional<String> summary() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
