package io.unmask.detector.cli;

import io.cloudevents.CloudEvent;
import java.util.List;
import java.util.Optional;

/** Brings events to where they belong and shows those that arrived. */
interface Delivery extends AutoCloseable {

    /** Events are safe when this returns. Called by the committing thread. */
    void deliver(List<CloudEvent> events);

    /**
     * Waits for what is on its way.
     *
     * @return whether everything arrived; if not, the user was told
     */
    boolean finish();

    /** Where events went, for people; empty when nowhere. */
    Optional<String> summary();

    @Override
    void close();

    /** Shows events and keeps them nowhere. */
    record Unpublished(ResultView view) implements Delivery {
        @Override
        public void deliver(List<CloudEvent> events) {
            events.forEach(view::show);
        }

        @Override
        public boolean finish() {
            return true;
        }

        @Override
        public Optional<String> summary() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
