package io.unmask.detector.verdict;

import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Tells the reasons that lie in a source's pictures, not in a face: where the decoder met damage, and where colours had to be
 * mapped. One for a source's session; not thread-safe.
 */
public final class SpanReasons {
    private static final Map<Reason, ToLongFunction<Coverage>> COUNTS =
            Map.of(Reason.DECODE_ERROR, Coverage::damaged, Reason.COLOUR_MAPPED, Coverage::colourMapped);

    private final EnumMap<Reason, CountLog> logs = new EnumMap<>(Reason.class);

    /** All that is remembered, for another process that goes on from here. */
    public record Memory(Map<Reason, CountLog.Memory> logs) {}

    public SpanReasons() {
        COUNTS.forEach((reason, count) -> logs.put(reason, new CountLog(count)));
    }

    /** What this one remembers. */
    public Memory memory() {
        EnumMap<Reason, CountLog.Memory> memories = new EnumMap<>(Reason.class);
        logs.forEach((reason, log) -> memories.put(reason, log.memory()));
        return new Memory(memories);
    }

    /** One that goes on from what another remembered. */
    public static SpanReasons of(Memory memory) {
        SpanReasons reasons = new SpanReasons();
        memory.logs.forEach((reason, log) -> reasons.logs.put(reason, CountLog.of(COUNTS.get(reason), log)));
        return reasons;
    }

    /** Notes the source's next event and returns what a verdict on its span must tell. */
    public Set<Reason> in(IngestEvent event) {
        EnumSet<Reason> met = EnumSet.noneOf(Reason.class);
        logs.forEach((reason, log) -> {
            if (log.roseIn(event)) {
                met.add(reason);
            }
        });
        return met;
    }
}
