package io.unmask.ingest.decode;

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
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.presets.avutil;

/**
 * Decodes a stream's packets into frames, and counts what is broken. Every frame is decoded, also those that sampling will
 * not take: damage in one shows in those that refer to it. Used by the decoding thread only.
 */
final class VideoDecoder {
    // libavutil/frame.h, AV_FRAME_FLAG_CORRUPT: JavaCPP does not map macros inside a struct.
    private static final int CORRUPT = 1;
    // libavcodec/avcodec.h, FF_THREAD_SLICE
    private static final int THREADS_BY_SLICE = 2;
    /** Not charged: as many as a minute of full HD has. */
    private static final long FREE_PIXELS = 3_000_000_000L;

    private static final AVPacket NO_MORE = new AVPacket(null);

    /**
     * Threads beyond one a core. A frame waits for the one that it refers to, and FFmpeg's own choice, one more than cores,
     * leaves a core idle.
     */
    private static final int SPARE_THREADS = 2;

    /** As FFmpeg's own choice. */
    private static final int MOST_THREADS = 16;

    private final Demuxer demuxer;
    private final InterruptFlag interrupt;
    private final Counters counters;
    private AVCodecContext codec = new AVCodecContext(null);
    private AVFrame frame = new AVFrame(null);
    private AVFrame following = new AVFrame(null);
    private boolean hasFollowing;
    private boolean draining;
    private long maxPixelsPerByte;
    private long pixels;
    private long bytes;

    VideoDecoder(Demuxer demuxer, InterruptFlag interrupt, Counters counters) {
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

    /** The frame that was decoded last; this object's, valid until the next call of {@link #next}. */
    AVFrame frame() {
        return frame;
    }

    /** Whether that frame shows errors, which could be taken for traces of a forgery; it is counted. */
    boolean frameIsDamaged() {
        return isDamaged(frame);
    }

    private static boolean isDamaged(AVFrame frame) {
        return (frame.flags() & CORRUPT) != 0 || frame.decode_error_flags() != 0;
    }

    /** Decodes the next frame; false at the end or when interrupted. */
    boolean next() throws SourceException {
        if (hasFollowing) {
            hasFollowing = false;
            av_frame_unref(frame);
            av_frame_move_ref(frame, following);
            return true;
        }
        return decode(frame);
    }

    /** Decodes the frame after the current one ahead, which stays; {@code AV_NOPTS_VALUE} when there is none. */
    long followingStamp() throws SourceException {
        hasFollowing = hasFollowing || decode(following);
        return hasFollowing ? following.best_effort_timestamp() : AV_NOPTS_VALUE;
    }

    private boolean decode(AVFrame into) throws SourceException {
        while (!interrupt.isRaised()) {
            int code = avcodec_receive_frame(codec, into);
            if (code >= 0) {
                counters.frameDecoded();
                charge(into);
                if (isDamaged(into)) {
                    counters.damage(1);
                }
                return true;
            }
            if (code == AVERROR_EOF()) {
                return false;
            }
            if (code == avutil.AVERROR_EAGAIN()) {
                feed();
            } else {
                counters.damage(1);
            }
        }
        return false;
    }

    /** A few bytes can stand for minutes of work: frames of a large picture in which nothing changes. */
    private void charge(AVFrame decoded) throws SourceException {
        pixels += (long) decoded.width() * decoded.height();
        if (pixels > FREE_PIXELS + maxPixelsPerByte * bytes) {
            throw SourceException.fatal("its " + bytes + " bytes so far unpack to " + pixels / 1_000_000
                    + " million pixels, more than source.max-pixels-per-byte = " + maxPixelsPerByte
                    + " allows; raise it if you trust the source");
        }
    }

    private void feed() {
        boolean more = !draining && demuxer.read();
        bytes += more ? demuxer.packet().size() : 0;
        draining = !more;
        int code = avcodec_send_packet(codec, more ? demuxer.packet() : NO_MORE);
        if (code < 0 && code != AVERROR_EOF()) {
            counters.damage(1);
        }
    }

    /** Releases all; a second call does nothing. */
    void close() {
        av_frame_free(frame);
        av_frame_free(following);
        avcodec_free_context(codec);
    }
}
