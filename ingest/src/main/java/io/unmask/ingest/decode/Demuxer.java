package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_ENCRYPTION_INFO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_PRFT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_NOTIMESTAMPS;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entries_count;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Coverage.Omitted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVProducerReferenceTime;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.BytePointer;

/** Reads the packets of a source's video stream. Used by the decoding thread only. */
final class Demuxer {
    private static final AVRational MICROS = new AVRational().num(1).den(1_000_000);

    private final SourceUri uri;
    private final InterruptFlag interrupt;
    private final LongSupplier nanoClock;
    private final SourceInput input;
    private AVPacket packet = new AVPacket(null);
    private boolean byArrival;
    private AVStream video = new AVStream(null);
    private final TrackEnd trackEnd = new TrackEnd();
    private long packets;
    private final Counters counters;
    private final List<Omitted> omitted = new ArrayList<>();
    private int streams;
    private int endCode;

    /** @param nanoClock stamps packets that have no stamps of their own, as {@link System#nanoTime} */
    Demuxer(SourceUri uri, InterruptFlag interrupt, Counters counters, LongSupplier nanoClock) {
        this.uri = uri;
        this.interrupt = interrupt;
        this.input = new SourceInput(uri, interrupt);
        this.counters = counters;
        this.nanoClock = nanoClock;
    }

    /** Opens the source and finds its video stream. Call {@link #close} whether it succeeds or not. */
    void open(Settings.Source settings) throws SourceException {
        input.open(settings);
        selectVideo();
        byArrival = carriesNoStamps();
        packet = av_packet_alloc();
    }

    private void selectVideo() throws SourceException {
        AVFormatContext format = input.format();
        int index = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, new AVCodec(null), 0);
        if (index < 0 || (format.streams(index).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
            boolean sound = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, new AVCodec(null), 0) >= 0;
            throw input.refusal(sound ? "only sound, no picture; name a video" : "no video in it; name a video");
        }
        video = format.streams(index);
        if (input.hasAnother()) {
            omitted.add(new Omitted(
                    "a second video behind the first", "only the first video of a file is judged; split the file"));
        }
        passOverOthers();
    }

    private void passOverOthers() {
        AVFormatContext format = input.format();
        for (; streams < format.nb_streams(); streams++) {
            AVStream other = format.streams(streams);
            if (streams != video.index()) {
                other.discard(AVDISCARD_ALL);
                OtherStream.of(other).ifPresent(omitted::add);
            }
        }
        counters.omitted(omitted);
    }

    /** Whether the source is live and its format carries no stamps: FFmpeg would make some up, 25 a second. */
    private boolean carriesNoStamps() {
        return uri.isLive()
                && input.isWithoutLength()
                && (input.format().iformat().flags() & AVFMT_NOTIMESTAMPS) != 0;
    }

    /** Whether packets are stamped when they arrive. */
    boolean stampsByArrival() {
        return byArrival;
    }

    /** Unit of the packets' stamps. */
    AVRational timeBase() {
        return byArrival ? MICROS : video.time_base();
    }

    private void stampByArrival() {
        // In the order of decoding: the decoder works out that of presentation.
        packet.pts(AV_NOPTS_VALUE).dts(nanoClock.getAsLong() / 1000).duration(0);
    }

    /** The stream that was chosen; it belongs to this object. */
    AVStream video() {
        return video;
    }

    AVFormatContext format() {
        return input.format();
    }

    /** The packet that was read last; it belongs to this object. */
    AVPacket packet() {
        return packet;
    }

    /** Reads the stream's next packet; false when there is none, and {@link #lost} says why. */
    boolean read() {
        AVFormatContext format = input.format();
        while (!interrupt.isRaised()) {
            av_packet_unref(packet);
            int code = av_read_frame(format, packet);
            if (streams < format.nb_streams()) {
                passOverOthers(); // a transport stream may begin others at any time
            }
            if (code >= 0 && packet.stream_index() == video.index()) {
                packets++;
                if (byArrival) {
                    stampByArrival();
                }
                trackEnd.packet(packet, video);
                return true;
            }
            if (code < 0 && code != avutil.AVERROR_EAGAIN()) {
                endCode = code;
                nameRefusals();
                return false;
            }
        }
        return false;
    }

    /** Whether the last packet's picture is encrypted, so that nobody without the key can decode it. */
    boolean isEncrypted() {
        return Ffmpeg.sideData(packet, AV_PKT_DATA_ENCRYPTION_INFO).isPresent();
    }

    /** When the last packet's picture was taken, as far as one can tell at its arrival. */
    Captured captured() {
        Optional<BytePointer> reference = Ffmpeg.sideData(packet, AV_PKT_DATA_PRFT);
        if (reference.isPresent()) {
            return new Captured(new AVProducerReferenceTime(reference.get()).wallclock(), Captured.By.SENDER_REPORT);
        }
        Instant now = Instant.now();
        return new Captured(
                TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000, Captured.By.ARRIVAL);
    }

    /** Whether packets were lost on the way since this was asked last. */
    boolean hasLost() {
        return input.hasLost();
    }

    private void nameRefusals() {
        input.refusals().forEach(why -> omitted.add(new Omitted("a part of the playlist", why)));
        counters.omitted(omitted);
    }

    /** Why reading ended before the source's end, in FFmpeg's words; empty after a regular end. */
    String lost() {
        return input.lost(endCode);
    }

    /** Whether something that belongs to the source could not be read. */
    boolean hasMissed() {
        return input.hasMissed();
    }

    /** Packets that the file promises in its index or its track's length, and that could not be read. */
    long missingPackets() {
        long indexed = avformat_index_get_entries_count(video) - packets;
        return Math.max(0, Math.max(indexed, trackEnd.missingFrames(video)));
    }

    /** What to do about a source that cannot be read. */
    String advice() {
        return input.advice();
    }

    /** Releases all; a second call does nothing. */
    void close() {
        av_packet_free(packet);
        input.close();
    }
}
