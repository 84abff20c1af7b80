package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avcodec.AVDISCARD_ALL;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_PRFT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_NOTIMESTAMPS;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_READ;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entries_count;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avformat.avio_size;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Coverage.Omitted;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avcodec.AVProducerReferenceTime;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** Reads the packets of a source's video stream. Used by the decoding thread only. */
final class Demuxer {
    // While a source is probed its picture size is not known yet: enough for anything that a camera makes.
    private static final String MAX_PROBED_PIXELS = Long.toString(16_384L * 16_384);

    private static final AVRational MICROS = new AVRational().num(1).den(1_000_000);

    private final SourceUri uri;
    private final InterruptFlag interrupt;
    private final LongSupplier nanoClock;
    private AVIOContext bytes = new AVIOContext(null);
    private Optional<HttpIo> http = Optional.empty();
    private AVFormatContext format = new AVFormatContext(null);
    private AVPacket packet = new AVPacket(null);
    private DemuxerLog log = new DemuxerLog(Optional.empty(), () -> {});
    private boolean byArrival;
    private AVStream video = new AVStream(null);
    private final TrackEnd trackEnd = new TrackEnd();
    private long packets;
    private final Counters counters;
    private final List<Omitted> omitted = new ArrayList<>();
    private int streams;
    private int endCode;

    /** @param nanoClock what packets without stamps are stamped by, as {@link System#nanoTime} */
    Demuxer(SourceUri uri, InterruptFlag interrupt, Counters counters, LongSupplier nanoClock) {
        this.uri = uri;
        this.interrupt = interrupt;
        this.counters = counters;
        this.nanoClock = nanoClock;
    }

    /** Opens the source and finds its video stream. Call {@link #close} whether it succeeds or not. */
    void open(Settings.Source settings) throws SourceException {
        Ffmpeg.load();
        log = new DemuxerLog(redirectPolicy(settings), this::allowNoConnection);
        FfmpegLog.listen(log);
        if (uri.kind() == SourceUri.Kind.WEBCAM) {
            loadDevices();
        }
        InputOptions options = InputOptions.of(uri, settings);
        format = avformat_alloc_context();
        format.interrupt_callback(interrupt.struct());
        String location = uri.kind() == SourceUri.Kind.FILE
                ? "file:" + Path.of(uri.location()).toAbsolutePath()
                : uri.location();
        if (uri.kind() == SourceUri.Kind.HTTP) {
            location = openHttp(settings);
        } else if (!options.opensItself()) {
            openBytes(location, options.forBytes());
        }
        openFormat(location, options);
        probeStreams();
        selectVideo();
        byArrival = carriesNoStamps();
        packet = av_packet_alloc();
    }

    /** For RTSP alone: what leads elsewhere over HTTP is seen by {@link HttpIo}, and RTMP has no redirects. */
    private Optional<HostPolicy> redirectPolicy(Settings.Source settings) throws SourceException {
        if (uri.kind() != SourceUri.Kind.RTSP) {
            return Optional.empty();
        }
        try {
            return Optional.of(new HostPolicy(URI.create(uri.location()), settings.allowPrivateHosts()));
        } catch (IllegalArgumentException e) {
            // Cameras take addresses that are none by the book; where one leads, nothing is the host that was named.
            return Optional.of(new HostPolicy(URI.create("rtsp:///"), settings.allowPrivateHosts()));
        }
    }

    /** FFmpeg asks this list before each connection. */
    private void allowNoConnection() {
        BytePointer protocols = format.protocol_whitelist();
        for (int i = 0; protocols.get(i) != 0; i++) {
            protocols.put(i, (byte) '-');
        }
    }

    private void loadDevices() throws SourceException {
        try {
            Ffmpeg.loadDevices();
        } catch (SourceException e) {
            throw refusal(e.getMessage());
        }
    }

    /** Returns the address at which the source was found in the end. */
    private String openHttp(Settings.Source settings) throws SourceException {
        try {
            HttpAddress named = HttpAddress.parse(uri.location());
            HttpIo io = new HttpIo(
                    new HostPolicy(named.uri(), settings.allowPrivateHosts()),
                    Duration.ofMillis(settings.stallTimeoutMs()));
            http = Optional.of(io);
            interrupt.onRaise(io::abort);
            io.serve(format);
            HttpIo.Opened opened = io.open(uri.location(), new AVDictionary(null));
            bytes = opened.context();
            format.pb(bytes);
            return opened.address();
        } catch (IOException e) {
            throw failed("cannot be opened", e);
        }
    }

    private SourceException failed(String what, IOException cause) {
        String message = "source " + uri.redacted() + ": " + what + ": " + HttpCauses.words(cause);
        return HttpCauses.isFinal(cause) ? SourceException.fatal(message) : SourceException.retriable(message);
    }

    private void openBytes(String location, Map<String, String> options) throws SourceException {
        AVDictionary dictionary = dictionary(options);
        int code = avio_open2(bytes, location, AVIO_FLAG_READ, interrupt.struct(), dictionary);
        av_dict_free(dictionary);
        check(code, "cannot be opened");
        format.pb(bytes);
    }

    private void openFormat(String location, InputOptions options) throws SourceException {
        AVInputFormat demuxer =
                options.opensItself() ? av_find_input_format(options.demuxer()) : new AVInputFormat(null);
        AVDictionary dictionary = dictionary(options.forDemuxer());
        // A file's content alone tells its format: by the name of a photo FFmpeg takes to image2, which may not be
        // used.
        String name = uri.kind() == SourceUri.Kind.FILE ? "" : location;
        int code = avformat_open_input(format, name, demuxer, dictionary);
        av_dict_free(dictionary);
        check(code, options.opensItself() ? "cannot be opened" : "is not a video that can be read");
    }

    private void probeStreams() throws SourceException {
        int streams = format.nb_streams();
        try (PointerPointer<AVDictionary> options = new PointerPointer<>(Math.max(1, streams))) {
            AVDictionary[] each = new AVDictionary[streams];
            for (int i = 0; i < streams; i++) {
                each[i] = dictionary(Map.of("max_pixels", MAX_PROBED_PIXELS));
                options.put(i, each[i]);
            }
            int code = avformat_find_stream_info(format, options);
            for (int i = 0; i < streams; i++) {
                // FFmpeg may have replaced the dictionary by another.
                av_dict_free(new AVDictionary(options.get(i)));
            }
            check(code, "holds no stream that can be read");
        }
    }

    private void selectVideo() throws SourceException {
        int index = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, new AVCodec(null), 0);
        if (index < 0 || (format.streams(index).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
            boolean sound = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, new AVCodec(null), 0) >= 0;
            throw refusal(sound ? "only sound, no picture; name a video" : "no video in it; name a video");
        }
        video = format.streams(index);
        passOverOthers();
    }

    private void passOverOthers() {
        for (; streams < format.nb_streams(); streams++) {
            AVStream other = format.streams(streams);
            if (streams != video.index()) {
                other.discard(AVDISCARD_ALL);
                OtherStream.of(other).ifPresent(omitted::add);
            }
        }
        counters.omitted(omitted);
    }

    private boolean isWithoutLength() {
        boolean hasDuration = format.duration() != AV_NOPTS_VALUE && format.duration() > 0;
        return !hasDuration && (bytes.isNull() || avio_size(bytes) <= 0);
    }

    /** Whether the source is live and its format carries no stamps: FFmpeg would make some up, 25 a second. */
    private boolean carriesNoStamps() {
        return uri.isLive() && isWithoutLength() && (format.iformat().flags() & AVFMT_NOTIMESTAMPS) != 0;
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
        return format;
    }

    /** The packet that was read last; it belongs to this object. */
    AVPacket packet() {
        return packet;
    }

    /** Reads the stream's next packet; false when there is none, and {@link #lost} says why. */
    boolean read() {
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

    /** When the last packet's picture was taken, as far as one can tell at its arrival. */
    Captured captured() {
        BytePointer reference = av_packet_get_side_data(packet, AV_PKT_DATA_PRFT, new SizeTPointer(1));
        if (reference != null && !reference.isNull()) {
            return new Captured(new AVProducerReferenceTime(reference).wallclock(), Captured.By.SENDER_REPORT);
        }
        Instant now = Instant.now();
        return new Captured(
                TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000, Captured.By.ARRIVAL);
    }

    /** Whether packets were lost on the way since this was asked last. */
    boolean hasLost() {
        return log.hasLost();
    }

    private void nameRefusals() {
        http.ifPresent(io -> io.refusals().forEach(why -> omitted.add(new Omitted("a part of the playlist", why))));
        counters.omitted(omitted);
    }

    /** Why reading ended before the source's end, in FFmpeg's words; empty after a regular end. */
    String lost() {
        Optional<IOException> cause = http.flatMap(HttpIo::failure);
        if (cause.isPresent()) {
            return HttpCauses.words(cause.get());
        }
        int bytesCode = bytes.isNull() ? 0 : bytes.error();
        int code = endCode != AVERROR_EOF() || bytesCode == 0 ? endCode : bytesCode;
        return code == AVERROR_EOF() || code == 0 ? "" : Ffmpeg.errorText(code);
    }

    /** Packets that the file promises in its index or its track's length, and that could not be read. */
    long missingPackets() {
        long indexed = avformat_index_get_entries_count(video) - packets;
        return Math.max(0, Math.max(indexed, trackEnd.missingFrames(video)));
    }

    /** Releases all; a second call does nothing. */
    void close() {
        FfmpegLog.listenNoMore();
        av_packet_free(packet);
        avformat_close_input(format);
        http.ifPresentOrElse(
                io -> {
                    HttpIo.free(bytes);
                    io.close();
                },
                () -> avio_closep(bytes));
    }

    private void check(int code, String what) throws SourceException {
        if (code >= 0) {
            return;
        }
        Optional<IOException> cause = http.flatMap(HttpIo::failure).or(log::refusal);
        if (cause.isPresent()) {
            throw failed(what, cause.get());
        }
        String message = "source " + uri.redacted() + ": " + what + ": " + Ffmpeg.errorText(code);
        throw uri.isLive() && !OpenErrors.isFinal(code)
                ? SourceException.retriable(message)
                : SourceException.fatal(message + "; " + advice());
    }

    /** What to do about a source that cannot be read. */
    String advice() {
        if (uri.kind() == SourceUri.Kind.FILE) {
            return SourceCheck.advice(Path.of(uri.location()));
        }
        return http.filter(HttpIo::hasSoughtInVain).isPresent()
                ? "its index is at its end and the server does not serve parts of a file (ranges); download the file first"
                : OpenErrors.advice(uri.kind());
    }

    private SourceException refusal(String why) {
        return SourceException.fatal("source " + uri.redacted() + ": " + why);
    }

    private static AVDictionary dictionary(Map<String, String> options) {
        AVDictionary dictionary = new AVDictionary(null);
        options.forEach((key, value) -> av_dict_set(dictionary, key, value, 0));
        return dictionary;
    }
}
