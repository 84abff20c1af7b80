package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_move_ref;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * A demuxer's packets in their order, read ahead as far as it takes to tell whether a packet's frame will be sampled.
 * Without a plan every frame is wanted, and nothing is read ahead. Used by the decoding thread only.
 */
final class PacketLookahead {
    /** Encoders let a frame wait for 16 others at most. */
    private static final int MAX_PACKETS = 32;

    private static final long MAX_BYTES = 16L << 20;

    private final Demuxer demuxer;
    private Optional<SamplingPlan> plan = Optional.empty();
    private References references = References.UNKNOWN;
    private final Deque<Ahead> ahead = new ArrayDeque<>();
    private Ahead current = new Ahead(new AVPacket(null), false);
    private long bytes;
    private boolean ended;

    private record Ahead(AVPacket packet, boolean isUnreferenced) {}

    PacketLookahead(Demuxer demuxer) {
        this.demuxer = demuxer;
    }

    /**
     * To be called before the first packet is asked for.
     *
     * @param streamReferences of the stream
     */
    void follow(SamplingPlan samplingPlan, References streamReferences) {
        plan = Optional.of(samplingPlan);
        references = streamReferences;
    }

    /** Goes to the next packet; false when there is none. */
    boolean next() {
        av_packet_free(current.packet);
        while (!isCertain() && !ended) {
            read();
        }
        if (ahead.isEmpty()) {
            return false;
        }
        current = ahead.remove();
        bytes -= current.packet.size();
        if (!isSettled(current)) {
            takeAll();
        }
        return true;
    }

    private boolean isCertain() {
        return !ahead.isEmpty() && (isSettled(ahead.peek()) || ahead.size() >= MAX_PACKETS || bytes >= MAX_BYTES);
    }

    private boolean isSettled(Ahead next) {
        return plan.isEmpty() || plan.get().isSettled(next.packet.pts());
    }

    private void read() {
        if (demuxer.read()) {
            AVPacket packet = av_packet_alloc();
            av_packet_move_ref(packet, demuxer.packet());
            var read = new Ahead(packet, references.areNone(packet));
            ahead.add(read);
            bytes += packet.size();
            plan.ifPresent(sampling -> sampling.add(packet.pts(), packet.dts(), read.isUnreferenced));
        } else {
            ended = true;
            plan.ifPresent(SamplingPlan::end);
        }
    }

    /** The packet that {@link #next} went to; this object's, valid until its next call. */
    AVPacket packet() {
        return current.packet;
    }

    /** Whether it is certain that no other frame needs that packet. */
    boolean isUnreferenced() {
        return current.isUnreferenced;
    }

    /** Whether that packet's frame may be sampled; to be asked once. */
    boolean isWanted() {
        return plan.isEmpty() || plan.get().wants(current.packet.pts());
    }

    /** From now on every frame is wanted. */
    void takeAll() {
        plan = Optional.empty();
    }

    /** Releases all; a second call does nothing. */
    void close() {
        av_packet_free(current.packet);
        while (!ahead.isEmpty()) {
            av_packet_free(ahead.remove().packet);
        }
    }
}
