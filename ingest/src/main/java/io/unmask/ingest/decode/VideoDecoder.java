package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_COPY_OPAQUE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_OUTPUT_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_move_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.Captured;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.Pointer;

/**
 * Decodes a stream's packets into frames, counts what is broken, and tells which frames may show it. Every frame is decoded,
 * also those that sampling will not take: damage in one shows in those that refer to it. Used by the decoding thread only.
 */
final class VideoDecoder {
    // libavutil/frame.h, AV_FRAME_FLAG_CORRUPT and AV_FRAME_FLAG_KEY: JavaCPP does not map macros inside a struct.
    private static final int CORRUPT = 1;
    private static final int KEY = 1 << 1;
    // libavcodec/avcodec.h, FF_THREAD_FRAME and FF_THREAD_SLICE
    private static final int THREADS_BY_FRAME = 1;
    private static final int THREADS_BY_SLICE = 2;
    /** The first pixels of a source are not counted: as many as a minute of full HD has. */
    private static final long FREE_PIXELS = 3_000_000_000L;

    private static final AVPacket NO_MORE = new AVPacket(null);

    /**
     * Threads beyond one a core. A frame waits for the one that it refers to, and FFmpeg's own choice, one more than cores,
     * leaves a core idle.
     */
    private static final int SPARE_THREADS = 2;

    /** The most threads, as FFmpeg chooses by itself. */
    private static final int MOST_THREADS = 16;

    /** More packets than any decoder holds back. */
    private static final int MOST_REORDERED = 256;

    private final Demuxer demuxer;
    private final InterruptFlag interrupt;
    private final Counters counters;
    private final SampledDecoding.Live live;
    private AVCodecContext codec = new AVCodecContext(null);
    private AVFrame frame = new AVFrame(null);
    private AVFrame following = new AVFrame(null);
    private boolean hasFollowing;
    private boolean isTainted;
    private boolean isFollowingTainted;
    private boolean draining;
    /** Whether data was lost that may belong to the packet that was read last, or to the one after it. */
    private boolean isLossNear;

    private long sent;
    /** When the newest packets were captured, by the packet's number modulo the length. */
    private final Captured[] captures = new Captured[MOST_REORDERED];

    private final Taint taint = new Taint();
    private Optional<LossDetector> losses = Optional.empty();
    private Optional<FfmpegLog.Decoder> log = Optional.empty();
    private long maxPixelsPerByte;
    private long pixels;
    private long bytes;

    VideoDecoder(Demuxer demuxer, InterruptFlag interrupt, Counters counters, SampledDecoding.Live live) {
        this.live = live;
        this.demuxer = demuxer;
        this.interrupt = interrupt;
        this.counters = counters;
    }

    /**
     * Opens the decoder of the demuxer's stream.
     *
     * @throws SourceException whose message continues "source X: "
     */
    void open(String source, Settings.Source settings) throws SourceException {
        AVCodecParameters stream = demuxer.video().codecpar();
        long pixels = (long) stream.width() * stream.height();
        if (pixels > settings.maxPixels()) {
            throw SourceException.fatal("source " + source + ": picture of " + stream.width() + "x" + stream.height()
                    + " is larger than source.max-pixels = " + settings.maxPixels() + "; raise it or shrink the video");
        }
        String name = avcodec_get_name(stream.codec_id()).getString();
        AVCodec decoder = avcodec_find_decoder(stream.codec_id());
        if (decoder == null) {
            throw SourceException.fatal(
                    "source " + source + ": no decoder for its codec " + name + "; convert the video");
        }
        codec = avcodec_alloc_context3(decoder);
        avcodec_parameters_to_context(codec, stream);
        codec.pkt_timebase(demuxer.timeBase());
        codec.thread_count(threads(settings));
        if (demuxer.stampsByArrival()) {
            codec.thread_type(THREADS_BY_SLICE); // threads by frame would keep some back
        }
        codec.max_pixels(settings.maxPixels());
        // Pictures that refer to missing ones are given out, so that time goes on; they are tainted.
        codec.flags(codec.flags() | AV_CODEC_FLAG_COPY_OPAQUE | AV_CODEC_FLAG_OUTPUT_CORRUPT);
        losses = Optional.of(new LossDetector(stream, demuxer.timeBase(), taint));
        log = Optional.of(new FfmpegLog.Decoder(decoder.name().getString(), taint::damagedIn));
        maxPixelsPerByte = settings.maxPixelsPerByte();
        int code = avcodec_open2(codec, decoder, new AVDictionary(null));
        if (code < 0) {
            throw SourceException.fatal("source " + source + ": its " + name + " stream cannot be decoded: "
                    + Ffmpeg.errorText(code) + "; check that the file is whole");
        }
        frame = av_frame_alloc();
        following = av_frame_alloc();
    }

    static int threads(Settings.Source settings) {
        return settings.decoderThreads() > 0
                ? settings.decoderThreads()
                : Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors() + SPARE_THREADS);
    }

    /** The frame that was decoded last. It belongs to this object and is valid until the next call of {@link #next}. */
    AVFrame frame() {
        return frame;
    }

    /** Whether that frame may show errors, which could be taken for traces of a forgery. */
    boolean frameIsTainted() {
        return isTainted;
    }

    /** Decodes the next frame; false at the end or when interrupted. */
    boolean next() throws SourceException {
        if (hasFollowing) {
            hasFollowing = false;
            av_frame_unref(frame);
            av_frame_move_ref(frame, following);
            isTainted = isFollowingTainted;
            return true;
        }
        boolean more = decode(frame);
        isTainted = more && touches(frame);
        return more;
    }

    /** Decodes the frame after the current one, which stays current, and returns its stamp; {@code AV_NOPTS_VALUE} at the end. */
    long followingStamp() throws SourceException {
        if (!hasFollowing && decode(following)) {
            hasFollowing = true;
            isFollowingTainted = touches(following);
        }
        return hasFollowing ? following.best_effort_timestamp() : AV_NOPTS_VALUE;
    }

    private boolean decode(AVFrame into) throws SourceException {
        while (!interrupt.isRaised()) {
            int code = avcodec_receive_frame(codec, into);
            if (code >= 0) {
                counters.frameDecoded();
                charge(into);
                return true;
            }
            if (code == AVERROR_EOF()) {
                return false;
            }
            if (code == avutil.AVERROR_EAGAIN()) {
                feed();
            } else {
                taint.damagedIn(oldestAtWork());
            }
        }
        return false;
    }

    /** Whether the frame, the next in order of presentation, may show damage. */
    private boolean touches(AVFrame decoded) {
        long tag = FfmpegLog.Decoder.number(decoded.opaque());
        long packet = tag == 0 ? sent : tag;
        if ((decoded.flags() & CORRUPT) != 0 || decoded.decode_error_flags() != 0) {
            taint.damagedIn(packet);
        }
        boolean tainted = taint.touches(new Taint.Decoded(packet, (decoded.flags() & KEY) != 0));
        counters.damage(taint.newlyDamaged());
        if (tainted) {
            counters.frameTainted();
        }
        return tainted;
    }

    /** The packet that the decoder has a result for next; its threads work on those after it. */
    private long oldestAtWork() {
        int threads = codec.active_thread_type() == THREADS_BY_FRAME ? codec.thread_count() : 1;
        return Math.max(1, sent - threads + 1);
    }

    /** Refuses a source whose few bytes unpack to minutes of work, such as frames of a large picture that never changes. */
    private void charge(AVFrame decoded) throws SourceException {
        pixels += (long) decoded.width() * decoded.height();
        if (pixels > FREE_PIXELS + maxPixelsPerByte * bytes) {
            throw SourceException.fatal("its " + bytes + " bytes so far unpack to " + pixels / 1_000_000
                    + " million pixels, more than source.max-pixels-per-byte = " + maxPixelsPerByte
                    + " allows; raise it if you trust the source");
        }
    }

    private static int slot(long packet) {
        return (int) (packet % MOST_REORDERED);
    }

    /** When the frame was taken, as far as its packet told. */
    Optional<Captured> frameCaptured() {
        long packet = FfmpegLog.Decoder.number(frame.opaque());
        return Optional.ofNullable(captures[slot(packet == 0 ? sent : packet)]);
    }

    private void feed() throws SourceException {
        boolean more = !draining && read();
        draining = !more;
        if (more && demuxer.isEncrypted()) {
            throw SourceException.fatal(
                    "its pictures are encrypted (DRM), so that only players with a key can show them;"
                            + " get the video without encryption");
        }
        if (more) {
            number(demuxer.packet());
            if (demuxer.packet().size() == 0) {
                // In Ogg Theora, an empty packet repeats the last picture. Decoders refuse it or take it for the end.
                return;
            }
        }
        int code = avcodec_send_packet(codec, more ? demuxer.packet() : NO_MORE);
        if (code < 0 && code != AVERROR_EOF()) {
            taint.damagedIn(oldestAtWork());
        }
    }

    /** Reads the next packet that is not too late. */
    private boolean read() {
        boolean more = demuxer.read();
        boolean lostBefore = false;
        while (more && live.backlog().isPresent() && isPassedOver(live.backlog().get(), demuxer.packet())) {
            live.alive().run();
            // The newest loss may concern the next packet, too; earlier ones concern only packets that are passed over.
            lostBefore = demuxer.hasLost();
            more = demuxer.read();
        }
        isLossNear = demuxer.hasLost() || lostBefore;
        return more;
    }

    private boolean isPassedOver(Backlog backlog, AVPacket packet) {
        long stamp = packet.dts() == AV_NOPTS_VALUE ? packet.pts() : packet.dts();
        if (stamp == AV_NOPTS_VALUE) {
            return false;
        }
        AVRational unit = demuxer.timeBase();
        boolean passed = backlog.passesOver(
                Math.round(1e6 * stamp * unit.num() / unit.den()),
                (packet.flags() & AV_PKT_FLAG_KEY) != 0,
                live.nanoClock().getAsLong());
        counters.passedOver(backlog.missed());
        return passed;
    }

    private void number(AVPacket packet) {
        bytes += packet.size();
        sent++;
        captures[slot(sent)] = demuxer.captured();
        losses.orElseThrow().inspect(packet, sent);
        if (isLossNear) {
            taint.lostAround(sent);
        }
        Pointer tag = log.orElseThrow().tag(sent);
        packet.opaque(tag);
        codec.opaque(tag);
    }

    /** Releases all; a second call does nothing. */
    void close() {
        av_frame_free(frame);
        av_frame_free(following);
        avcodec_free_context(codec);
        log.ifPresent(FfmpegLog.Decoder::close);
    }
}
