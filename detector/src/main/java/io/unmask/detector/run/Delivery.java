package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes events to their destination, usually Kafka, and tells its listener of those that have arrived there. */
public interface Delivery extends AutoCloseable {

    /** Is told of events and troubles, by one thread at a time. */
    interface Listener {

        /** An event has arrived, or is stored for later because its destination cannot be reached. */
        void arrived(CloudEvent event);

        /** Something keeps events from arriving. */
        void trouble(String message);
    }

    /** Stores the events; a crash does not lose them after this has returned. Called by the committing thread. */
    void deliver(List<CloudEvent> events);

    /**
     * Opens a delivery to another topic of the same broker.
     *
     * @throws UnsupportedOperationException when events are not published
     */
    default SideDelivery beside(String topic) {
        throw new UnsupportedOperationException("events of " + topic + " would go nowhere");
    }

    /**
     * Waits for the events that are on their way.
     *
     * @return whether everything arrived; if not, the listener was told
     */
    boolean finish();

    /** How many events are stored and have not yet reached their destination. */
    long pending();

    /** Lets {@link #finish} wait as little as possible, because the user wants the run to end. May be called by any thread. */
    void stop();

    /** Says where the events went, for people; empty when they went nowhere. */
    Optional<String> summary();

    @Override
    void close();

    /** Passes events straight to the listener and publishes none. */
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
