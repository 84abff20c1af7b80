package io.unmask.ingest.decode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Which frames may show damage: those between a damaged or lost packet and the next key frame. A decoder marks few of
 * them. Packets are numbered from 1, in order of decoding. Damage may be told by any thread; the frames are asked about
 * by one, in order of presentation.
 */
final class Taint {
    /** More than decoders hold back frames of, where each is one. */
    private static final int MOST_BEGINNINGS = 100;

    private final Queue<Damage> told = new ConcurrentLinkedQueue<>();
    private final List<Damage> ahead = new ArrayList<>();
    private boolean tainted;
    private long healingFrom;
    private final Deque<Long> beginnings = new ArrayDeque<>();
    private long lastDamaged;
    private long newlyDamaged;

    /**
     * @param from first packet whose frame may be wrong
     * @param healingFrom first packet whose key frame ends that
     */
    private record Damage(long from, long healingFrom) {}

    /**
     * A packet that made a frame.
     *
     * @param isKeyFrame whether its frame refers to no other
     */
    record Decoded(long number, boolean isKeyFrame) {}

    /** The packet is one from which decoding can begin; told by the thread that asks. */
    void begins(long packet) {
        beginnings.add(packet);
        if (beginnings.size() > MOST_BEGINNINGS) {
            beginnings.remove();
        }
    }

    /** What came before the packet is not there. */
    void lostBefore(long packet) {
        told.add(new Damage(packet, packet));
    }

    /** The packet is damaged. */
    void damagedIn(long packet) {
        told.add(new Damage(packet, packet + 1));
    }

    /** Data that belonged to the packet or to the one after it was lost. */
    void lostAround(long packet) {
        told.add(new Damage(packet, packet + 2));
    }

    /** Whether the next frame may show damage; asked once a frame. */
    boolean touches(Decoded frame) {
        hear(frame.number());
        if (tainted && frame.number() >= healingFrom && heals(frame)) {
            tainted = false;
        }
        return tainted;
    }

    /** Damaged packets and losses that were told since this was asked last. */
    long newlyDamaged() {
        long count = newlyDamaged;
        newlyDamaged = 0;
        return count;
    }

    private void hear(long number) {
        for (Damage damage = told.poll(); damage != null; damage = told.poll()) {
            newlyDamaged += damage.from == lastDamaged ? 0 : 1;
            lastDamaged = damage.from;
            ahead.add(damage);
        }
        ahead.removeIf(damage -> {
            boolean reached = damage.from <= number;
            if (reached) {
                healingFrom = tainted ? Math.max(healingFrom, damage.healingFrom) : damage.healingFrom;
                tainted = true;
            }
            return reached;
        });
    }

    /**
     * A stream without key frames renews its pictures part by part: it says where a renewal begins, which is over where
     * the next one does.
     */
    private boolean heals(Decoded frame) {
        return frame.isKeyFrame()
                || beginnings.stream()
                                .filter(begun -> begun >= healingFrom && begun <= frame.number())
                                .count()
                        > 1;
    }
}
