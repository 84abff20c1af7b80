package io.unmask.ingest.decode;

import java.util.HashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * Tells from packets' stamps, before they are decoded, which frames sampling will not take: it puts them into the order of
 * presentation and asks a clock and a sampler of its own. In place of a frame that no other refers to it wants one soon
 * after, in the same interval, that has to be decoded anyway and that encoders spend more bits on. A frame is certain once no
 * packet that is presented before it can come, which its stamp of decoding tells, and once it is known whether such a one
 * follows. From the first stamps on that make no sense every frame is wanted. Pure; one thread.
 */
final class SamplingPlan {
    /** FFmpeg's {@code AV_NOPTS_VALUE}. */
    private static final long NO_STAMP = Long.MIN_VALUE;

    private final LongUnaryOperator micros;
    private final PresentationClock clock;
    private final Sampler sampler;
    private final Queue<Long> open = new PriorityQueue<>();
    private final Set<Long> disposable = new HashSet<>();
    private final Set<Long> unwanted = new HashSet<>();
    private Optional<Due> doubtful = Optional.empty();
    private long lastDecodeStamp = NO_STAMP;
    private long settledTo = NO_STAMP;
    private boolean trusted = true;

    /** A frame that is due and that no other refers to. */
    private record Due(long stamp, long timeMicros) {}

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

    /**
     * Takes the packet that comes next in the order of decoding, by its stamps in the stream's unit.
     *
     * @param isDisposable whether no other frame refers to its
     */
    void add(long presentation, long decode, boolean isDisposable) {
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
            if (isDisposable) {
                disposable.add(presentation);
            }
            if (decode != NO_STAMP) {
                lastDecodeStamp = decode;
                settle(decode);
            }
        }
    }

    /** No packet comes any more. */
    void end() {
        settle(Long.MAX_VALUE);
        doubtful = Optional.empty();
    }

    private void distrust() {
        trusted = false;
        open.clear();
        disposable.clear();
        unwanted.clear();
        doubtful = Optional.empty();
    }

    /** Whether {@link #wants} is certain about the packet: if not, one that is presented before it may come. */
    boolean isSettled(long presentation) {
        boolean isBeforeDoubt = doubtful.map(due -> presentation < due.stamp).orElse(true);
        return !trusted || (presentation <= settledTo && isBeforeDoubt);
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
            } else {
                settle(stamp, timeMicros, disposable.remove(stamp));
            }
        }
        settledTo = upTo;
    }

    /** In the order of presentation. */
    private void settle(long stamp, long timeMicros, boolean isDisposable) {
        boolean inPlace = doubtful.map(due -> sampler.maySample(timeMicros, due.timeMicros))
                .orElse(false);
        if (doubtful.isPresent() && !inPlace) {
            doubtful = Optional.empty(); // it is wanted itself
        }
        if (inPlace && !isDisposable) {
            unwanted.add(doubtful.orElseThrow().stamp);
            doubtful = Optional.empty();
        } else if (!sampler.isDue(timeMicros)) {
            unwanted.add(stamp);
        } else if (isDisposable) {
            doubtful = Optional.of(new Due(stamp, timeMicros));
        }
    }
}
