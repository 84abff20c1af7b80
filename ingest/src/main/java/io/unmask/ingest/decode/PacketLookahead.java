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
    private final Deque<AVPacket> ahead = new ArrayDeque<>();
    private AVPacket packet = new AVPacket(null);
    private long bytes;
    private boolean ended;

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
        av_packet_free(packet);
        while (!isCertain() && !ended) {
            read();
        }
        if (ahead.isEmpty()) {
            return false;
        }
        packet = ahead.remove();
        bytes -= packet.size();
        if (!isSettled(packet)) {
            takeAll();
        }
        return true;
    }

    private boolean isCertain() {
        return !ahead.isEmpty() && (isSettled(ahead.peek()) || ahead.size() >= MAX_PACKETS || bytes >= MAX_BYTES);
    }

    private boolean isSettled(AVPacket next) {
        return plan.isEmpty() || plan.get().isSettled(next.pts());
    }

    private void read() {
        if (demuxer.read()) {
            AVPacket read = av_packet_alloc();
            av_packet_move_ref(read, demuxer.packet());
            ahead.add(read);
            bytes += read.size();
            plan.ifPresent(sampling -> sampling.add(read.pts(), read.dts(), references.areNone(read)));
        } else {
            ended = true;
            plan.ifPresent(SamplingPlan::end);
        }
    }

    /** The packet that {@link #next} went to; this object's, valid until its next call. */
    AVPacket packet() {
        return packet;
    }

    /** Whether that packet's frame may be sampled; to be asked once. */
    boolean isWanted() {
        return plan.isEmpty() || plan.get().wants(packet.pts());
    }

    /** From now on every frame is wanted. */
    void takeAll() {
        plan = Optional.empty();
    }

    /** Releases all; a second call does nothing. */
    void close() {
        av_packet_free(packet);
        while (!ahead.isEmpty()) {
            av_packet_free(ahead.remove());
        }
    }
}
