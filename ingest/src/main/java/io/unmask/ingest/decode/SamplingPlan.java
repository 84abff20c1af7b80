package io.unmask.ingest.decode;

import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * Tells from packets' stamps, before they are decoded, which frames sampling will not take: it puts them into the order of
 * presentation and asks a clock and a sampler of its own. A frame is certain once no packet that is presented before it can
 * come, which its stamp of decoding tells. From the first stamps on that make no sense every frame is wanted. Pure; one
 * thread.
 */
final class SamplingPlan {
    /** FFmpeg's {@code AV_NOPTS_VALUE}. */
    private static final long NO_STAMP = Long.MIN_VALUE;

    private final LongUnaryOperator micros;
    private final PresentationClock clock;
    private final Sampler sampler;
    private final Queue<Long> open = new PriorityQueue<>();
    private final Set<Long> unwanted = new HashSet<>();
    private long lastDecodeStamp = NO_STAMP;
    private long settledTo = NO_STAMP;
    private boolean trusted = true;

    /**
     * @param micros from the stream's unit of time
     * @param clock as the one that frames will be stamped by, and not that one
     * @param sampler as the one that will be asked, and not that one
     */
    SamplingPlan(LongUnaryOperator micros, PresentationClock clock, Sampler sampler) {
        this.micros = micros;
        this.clock = clock;
        this.sampler = sampler;
    }

    /** Takes the stamps of the packet that comes next in the order of decoding, in the stream's unit. */
    void add(long presentation, long decode) {
        if (!trusted) {
            return;
        }
        boolean rises = lastDecodeStamp == NO_STAMP || decode > lastDecodeStamp;
        if (presentation == NO_STAMP || presentation <= settledTo || open.contains(presentation)) {
            distrust();
        } else if (decode != NO_STAMP && (!rises || presentation < decode)) {
            distrust();
        } else {
            open.add(presentation);
            if (decode != NO_STAMP) {
                lastDecodeStamp = decode;
                settle(decode);
            }
        }
    }

    /** No packet comes any more. */
    void end() {
        settle(Long.MAX_VALUE);
    }

    private void distrust() {
        trusted = false;
        open.clear();
        unwanted.clear();
    }

    /** Whether {@link #wants} is certain about the packet: if not, one that is presented before it may come. */
    boolean isSettled(long presentation) {
        return !trusted || presentation <= settledTo;
    }

    /** Whether the packet's frame may be sampled. To be asked once a packet, in any order. */
    boolean wants(long presentation) {
        return !unwanted.remove(presentation);
    }

    private void settle(long upTo) {
        while (!open.isEmpty() && open.peek() <= upTo) {
            long stamp = open.remove();
            long timeMicros = clock.next(micros.applyAsLong(stamp), 0);
            if (clock.hadToRepair()) {
                distrust();
            } else if (!sampler.isDue(timeMicros)) {
                unwanted.add(stamp);
            }
        }
        settledTo = upTo;
    }
}
