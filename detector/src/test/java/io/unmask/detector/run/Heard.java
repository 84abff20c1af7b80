package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a delivery tells. Thread-safe. */
record Heard(List<CloudEvent> events, List<String> troubles) implements Delivery.Listener {
    Heard() {
        this(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    }

    @Override
    public void arrived(CloudEvent event) {
        events.add(event);
    }

    @Override
    public void trouble(String message) {
        troubles.add(message);
    }
}
