package io.unmask.ingest.clip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Hands out events in order of their ends; those that end together in the order they came. */
final class EventQueue {
    private final PriorityQueue<Numbered> waiting = new PriorityQueue<>(
            Comparator.<Numbered>comparingLong(e -> e.event.endMicros()).thenComparingLong(Numbered::number));
    private long next;

    private record Numbered(IngestEvent event, long number) {}

    void add(IngestEvent event) {
        waiting.add(new Numbered(event, next++));
    }

    /** Removes and returns all that end at this time or before. */
    List<IngestEvent> until(long endMicros) {
        List<IngestEvent> events = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.peek().event.endMicros() <= endMicros) {
            events.add(waiting.remove().event);
        }
        return events;
    }
}
