package io.unmask.detector.verdict;

import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Remembers the spans in which a count of a source's {@link Coverage}, such as that of damaged frames, rose. A verdict can then
 * say whether its own span was touched. The difference to the last event's count does not tell that, because clips overlap
 * and tracks are long. One for a source's session; not thread-safe.
 */
final class CountLog {
    private static final int MAX_SPANS = 1024;

    /** A stretch in which the count rose. */
    record Span(long startMicros, long endMicros) {}

    /** All that is remembered, for another log that goes on from here. */
    record Memory(long seen, long knownUntilMicros, List<Span> spans) {}

    private final ArrayDeque<Span> spans = new ArrayDeque<>();
    private final ToLongFunction<Coverage> count;
    private long seen;
    private long knownUntilMicros = Long.MIN_VALUE;

    CountLog(ToLongFunction<Coverage> count) {
        this.count = count;
    }

    /** What this log remembers. */
    Memory memory() {
        return new Memory(seen, knownUntilMicros, List.copyOf(spans));
    }

    /** A log that goes on from what another one remembered. */
    static CountLog of(ToLongFunction<Coverage> count, Memory memory) {
        CountLog log = new CountLog(count);
        log.seen = memory.seen;
        log.knownUntilMicros = memory.knownUntilMicros;
        log.spans.addAll(memory.spans);
        return log;
    }

    /** Notes the source's next event and says whether the count rose in its span. */
    boolean roseIn(IngestEvent event) {
        long now = count.applyAsLong(event.coverage());
        if (now > seen) {
            seen = now;
            // It happened since the last event; a track's end may lie before that.
            add(new Span(Math.min(knownUntilMicros, event.endMicros()), event.endMicros()));
        }
        knownUntilMicros = Math.max(knownUntilMicros, event.endMicros());
        return spans.stream()
                .anyMatch(span -> span.startMicros <= event.endMicros() && span.endMicros >= event.startMicros());
    }

    private void add(Span span) {
        Span last = spans.peekLast();
        if (last != null && (span.startMicros <= last.endMicros || spans.size() == MAX_SPANS)) {
            spans.pollLast();
            span = new Span(Math.min(last.startMicros, span.startMicros), Math.max(last.endMicros, span.endMicros));
        }
        spans.addLast(span);
    }
}
