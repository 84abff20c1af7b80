package io.unmask.ingest.decode;

import static org.bytedeco.ffmpeg.global.avformat.av_guess_sample_aspect_ratio;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.Picture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Demuxes, decodes, samples and converts one source. It is made of FFmpeg through JavaCV's bindings, not of JavaCV's
 * {@code FFmpegFrameGrabber}, which passes over the decoder's errors, takes a lost connection for the end, and cannot be
 * interrupted while it opens. Used by the decoding thread only.
 */
final class SampledDecoding {
    private static final long FALLBACK_FRAME_MICROS = 40_000;
    private static final int MOST_PICTURES_AHEAD = 6;
    private static final long FULL_HD = 1920 * 1080;
    private static final long MOST_PIXELS_AHEAD = 4 * FULL_HD;

    private final SourceUri uri;
    private final Settings.Source settings;
    private final Counters counters;
    private final Demuxer demuxer;
    private final VideoDecoder decoder;
    private final Sampler sampler;
    private final Runnable alive;
    private final LongSupplier nanoClock;
    private final Deque<PictureConverter> converters = new ArrayDeque<>();
    private final List<PictureMemory.Share> shares = new ArrayList<>();
    private final InterruptFlag interrupt;
    private Optional<PresentationClock> clock = Optional.empty();
    private boolean isLive;
    private int picturesAhead = 1;
    private boolean isOver;

    /**
     * What runs beside the decoding.
     *
     * @param alive called after each decoded frame
     * @param nanoClock as {@link System#nanoTime}
     * @param backlog says which packets are too late to be decoded
     */
    record Live(Runnable alive, LongSupplier nanoClock, Optional<Backlog> backlog) {}

    SampledDecoding(SourceUri uri, Settings.Source settings, InterruptFlag interrupt, Counters counters, Live live) {
        this.uri = uri;
        this.settings = settings;
        this.counters = counters;
        this.interrupt = interrupt;
        this.alive = live.alive();
        this.nanoClock = live.nanoClock();
        this.demuxer = new Demuxer(uri, interrupt, counters, live.nanoClock());
        this.decoder = new VideoDecoder(demuxer, interrupt, counters, live);
        this.sampler = new Sampler(settings.sampleFps());
    }

    /** Opens the source and returns the length that it declares. Call {@link #close} whether it succeeds or not. */
    OptionalLong open() throws SourceException {
        demuxer.open(settings);
        takeMemory();
        decoder.open(uri.redacted(), settings);
        long durationMicros = demuxer.format().duration();
        boolean endless = durationMicros == AV_NOPTS_VALUE || durationMicros <= 0;
        isLive = uri.isLive() && endless;
        clock = Optional.of(
                isLive
                        ? PresentationClock.ofLive(frameMicros(), nanoClock)
                        : new PresentationClock(demuxer.format().start_time(), frameMicros()));
        // The pictures of a source that is not decoded ahead may become larger on the way.
        long mostConverted = picturesAhead == 1 ? Long.MAX_VALUE : Math.max(FULL_HD, MOST_PIXELS_AHEAD / picturesAhead);
        for (int i = 0; i <= picturesAhead; i++) {
            converters.add(new PictureConverter(settings.maxPixels(), mostConverted));
        }
        return endless ? OptionalLong.empty() : OptionalLong.of(durationMicros);
    }

    private void takeMemory() throws SourceException {
        boolean mayWait = !uri.isLive() || demuxer.format().duration() > 0;
        // Decoding ahead would make a live source's pictures late.
        picturesAhead = mayWait ? affordable() : 1;
        PictureNeeds needs = PictureNeeds.of(demuxer.video().codecpar(), VideoDecoder.threads(settings), picturesAhead);
        PictureMemory.Waiting waiting = () -> {
            alive.run();
            return !interrupt.isRaised();
        };
        // All sources take the two in the same order, so that no two wait for each other.
        shares.add(PictureMemory.HEAP.take(
                new PictureMemory.Wish(needs.heapBytes(), PictureNeeds.heapLimit(), mayWait), waiting));
        shares.add(PictureMemory.NATIVE.take(
                new PictureMemory.Wish(needs.nativeBytes(), PictureNeeds.nativeLimit(settings), mayWait), waiting));
    }

    private int affordable() {
        AVCodecParameters stream = demuxer.video().codecpar();
        AVRational aspect = av_guess_sample_aspect_ratio(demuxer.format(), demuxer.video(), new AVFrame(null));
        PictureSize size = PictureSize.withSquarePixels(
                stream.width(), stream.height(), aspect.num(), aspect.den(), settings.maxPixels());
        return (int) Math.max(1, Math.min(MOST_PICTURES_AHEAD, MOST_PIXELS_AHEAD / Math.max(1, size.pixels())));
    }

    /** How many pictures may be decoded while an earlier one is still in use. To be asked after {@link #open}. */
    int picturesAhead() {
        return picturesAhead;
    }

    private long frameMicros() {
        AVRational rate = demuxer.video().avg_frame_rate();
        return rate.num() > 0 && rate.den() > 0
                ? Math.max(1, 1_000_000L * rate.den() / rate.num())
                : FALLBACK_FRAME_MICROS;
    }

    /**
     * Decodes up to the next frame that is due; one that may show damage comes without its picture. Empty at the end, and
     * always after the end or a failure.
     */
    Optional<SampledPicture> next() throws SourceException {
        if (isOver) {
            return Optional.empty();
        }
        isOver = true; // unless another picture comes
        AVFrame frame = decoder.frame();
        while (decoder.next()) {
            alive.run();
            long timeMicros = clock.orElseThrow()
                    .next(micros(frame.best_effort_timestamp()), micros(frame.duration()), this::followingMicros);
            boolean isDue = decoder.frameIsTainted() ? sampler.isMissed(timeMicros) : sampler.isDue(timeMicros);
            if (isDue) {
                Optional<Picture> shown = decoder.frameIsTainted() ? Optional.empty() : Optional.of(convert(frame));
                var picture =
                        new SampledPicture(timeMicros, shown, isLive ? decoder.frameCaptured() : Optional.empty());
                isOver = false;
                return Optional.of(picture);
            }
        }
        end();
        return Optional.empty();
    }

    /** The stamp of the frame after this one. It is unknown in a live source: waiting for that frame would make this one late. */
    private long followingMicros() throws SourceException {
        return isLive ? PresentationClock.UNKNOWN : micros(decoder.followingStamp());
    }

    private long micros(long stamp) {
        AVRational unit = demuxer.timeBase();
        return stamp == AV_NOPTS_VALUE ? PresentationClock.UNKNOWN : Math.round(1e6 * stamp * unit.num() / unit.den());
    }

    private Picture convert(AVFrame frame) throws SourceException {
        AVRational aspect = av_guess_sample_aspect_ratio(demuxer.format(), demuxer.video(), frame);
        PictureConverter converter = converters.remove();
        converters.add(converter);
        Picture picture = converter.convert(frame, aspect);
        counters.frameSampled();
        if (converter.hasMappedColours()) {
            counters.frameColourMapped();
        }
        return picture;
    }

    private void end() throws SourceException {
        String lost = demuxer.lost();
        // A camera has no end of its own; a stream over HTTP has, and FFmpeg tells when it is cut off.
        if (isLive && lost.isEmpty() && uri.kind() != SourceUri.Kind.HTTP) {
            lost = "closed by the other side";
        }
        if (isLive && !lost.isEmpty()) {
            throw SourceException.retriable("source " + uri.redacted() + ": connection lost: " + lost);
        }
        long missing = isLive ? 0 : demuxer.missingPackets();
        counters.damage(Math.max(missing, lost.isEmpty() && !demuxer.hasMissed() ? 0 : 1));
        if (counters.counts().decoded() == 0) {
            throw SourceException.fatal(
                    "source " + uri.redacted() + ": no frame could be decoded; " + demuxer.advice());
        }
    }

    /** Releases all native memory; a second call does nothing. */
    void close() {
        converters.forEach(PictureConverter::close);
        converters.clear();
        decoder.close();
        demuxer.close();
        shares.forEach(PictureMemory.Share::giveBack);
    }
}
