package io.unmask.detector.verdict;

import io.unmask.ingest.clip.IngestEvent;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Remembers when a source's decoder met damage, so that a verdict can say whether its span is touched. {@link
 * io.unmask.ingest.clip.Coverage} counts damage up to an event; clips overlap and tracks are long, so that the last
 * event's count alone does not tell. One for a source's session; not thread-safe.
 */
public final class DamageLog {
    private static final int MAX_SPANS = 1024;

    /** A stretch that the decoder's damage may touch. */
    public record Span(long startMicros, long endMicros) {}

    /** All that is remembered, for another log that goes on from here. */
    public record Memory(long damaged, long knownUntilMicros, List<Span> spans) {}

    private final ArrayDeque<Span> spans = new ArrayDeque<>();
    private long damaged;
    private long knownUntilMicros = Long.MIN_VALUE;

    /** What this log remembers. */
    public Memory memory() {
        return new Memory(damaged, knownUntilMicros, List.copyOf(spans));
    }

    /** A log that goes on from what another one remembered. */
    public static DamageLog of(Memory memory) {
        DamageLog log = new DamageLog();
        log.damaged = memory.damaged;
        log.knownUntilMicros = memory.knownUntilMicros;
        log.spans.addAll(memory.spans);
        return log;
    }

    /** Notes the source's next event and says whether damage was met in its span. */
    public boolean damagedIn(IngestEvent event) {
        if (event.coverage().damaged() > damaged) {
            damaged = event.coverage().damaged();
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
