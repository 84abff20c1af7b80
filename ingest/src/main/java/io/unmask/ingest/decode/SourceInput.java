package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_READ;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avformat.avio_size;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import io.unmask.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A source as FFmpeg has it open: where its bytes come from, over which protocol, and in which container. Used by the decoding
 * thread only.
 */
final class SourceInput {
    // While a source is probed its picture size is not known yet: enough for anything that a camera makes.
    private static final String MAX_PROBED_PIXELS = Long.toString(16_384L * 16_384);

    private final SourceUri uri;
    private final InterruptFlag interrupt;
    private AVIOContext bytes = new AVIOContext(null);
    private Optional<HttpIo> http = Optional.empty();
    private AVFormatContext format = new AVFormatContext(null);
    private DemuxerLog log = new DemuxerLog(Optional.empty(), () -> {});

    SourceInput(SourceUri uri, InterruptFlag interrupt) {
        this.uri = uri;
        this.interrupt = interrupt;
    }

    /** Opens the source and finds out which streams it has. Call {@link #close} whether it succeeds or not. */
    void open(Settings.Source settings) throws SourceException {
        log = new DemuxerLog(redirectPolicy(settings), this::allowNoConnection);
        FfmpegLog.listen(log);
        if (uri.kind() == SourceUri.Kind.WEBCAM || uri.kind() == SourceUri.Kind.SCREEN) {
            loadDevices();
        }
        InputOptions options = InputOptions.of(uri, settings);
        format = avformat_alloc_context();
        format.interrupt_callback(interrupt.struct());
        String location =
                switch (uri.kind()) {
                    case FILE -> "file:" + Path.of(uri.location()).toAbsolutePath();
                    case SCREEN -> uri.location().replaceFirst("#.*", "");
                    default -> uri.location();
                };
        if (uri.kind() == SourceUri.Kind.HTTP) {
            location = openHttp(settings);
        } else if (!options.opensItself()) {
            openBytes(location, options.forBytes());
        }
        openFormat(location, options);
        probeStreams();
    }

    /** Where redirects may lead. For RTSP alone: over HTTP, {@link HttpIo} checks them, and RTMP has none. */
    private Optional<HostPolicy> redirectPolicy(Settings.Source settings) throws SourceException {
        if (uri.kind() != SourceUri.Kind.RTSP) {
            return Optional.empty();
        }
        try {
            return Optional.of(new HostPolicy(URI.create(uri.location()), settings.allowPrivateHosts()));
        } catch (IllegalArgumentException e) {
            // Some cameras have addresses that are no valid URIs. No host then counts as named by the user.
            return Optional.of(new HostPolicy(URI.create("rtsp:///"), settings.allowPrivateHosts()));
        }
    }

    /** Makes FFmpeg's list of allowed protocols useless in place; FFmpeg asks it before each connection. */
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

    /** Returns the address at which the source was found, after all redirects. */
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

    /** The container; it belongs to this object. */
    AVFormatContext format() {
        return format;
    }

    /** Whether neither the container nor the server says how long the source is. */
    boolean isWithoutLength() {
        boolean hasDuration = format.duration() != AV_NOPTS_VALUE && format.duration() > 0;
        return !hasDuration && (bytes.isNull() || avio_size(bytes) <= 0);
    }

    /** Whether packets were lost on the way since this was asked last. */
    boolean hasLost() {
        return log.hasLost();
    }

    /** Whether a second video stands in the file, behind the one that is read. */
    boolean hasAnother() {
        return log.hasAnother();
    }

    /** Why parts of a playlist were not read. */
    Set<String> refusals() {
        return http.map(HttpIo::refusals).orElse(Set.of());
    }

    /**
     * Why reading ended before the source's end, in FFmpeg's words; empty after a regular end.
     *
     * @param endCode what FFmpeg said when it was asked for the packet after the last one
     */
    String lost(int endCode) {
        Optional<IOException> cause = http.flatMap(HttpIo::failure);
        if (cause.isPresent()) {
            return HttpCauses.words(cause.get());
        }
        int bytesCode = bytes.isNull() ? 0 : bytes.error();
        int code = endCode != AVERROR_EOF() || bytesCode == 0 ? endCode : bytesCode;
        return code == AVERROR_EOF() || code == 0 ? "" : Ffmpeg.errorText(code);
    }

    /** Whether something that a playlist or a container leads to could not be read. */
    boolean hasMissed() {
        return http.filter(HttpIo::hasMissed).isPresent();
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

    /** A failure that trying again does not mend. */
    SourceException refusal(String why) {
        return SourceException.fatal("source " + uri.redacted() + ": " + why);
    }

    private SourceException failed(String what, IOException cause) {
        String message = "source " + uri.redacted() + ": " + what + ": " + HttpCauses.words(cause);
        return HttpCauses.isFinal(cause) ? SourceException.fatal(message) : SourceException.retriable(message);
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
                ? SourceException.retriable(message + OpenErrors.adviceOnSilence(uri.kind()))
                : SourceException.fatal(message + "; " + advice());
    }

    /** Releases all; a second call does nothing. */
    void close() {
        FfmpegLog.listenNoMore();
        avformat_close_input(format);
        http.ifPresentOrElse(
                io -> {
                    HttpIo.free(bytes);
                    io.close();
                },
                () -> avio_closep(bytes));
    }

    private static AVDictionary dictionary(Map<String, String> options) {
        AVDictionary dictionary = new AVDictionary(null);
        options.forEach((key, value) -> av_dict_set(dictionary, key, value, 0));
        return dictionary;
    }
}
