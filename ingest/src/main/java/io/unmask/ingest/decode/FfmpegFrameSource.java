package io.unmask.ingest.decode;

import io.unmask.config.Settings;
import java.util.Optional;
import java.util.concurrent.Future;

/** A source whose native code runs under a {@link Watchdog}, one picture ahead of its reader. */
final class FfmpegFrameSource implements FrameSource {
    private final SourceUri uri;
    private final Watchdog watchdog;
    private final Counters counters = new Counters();
    private final InterruptFlag interrupt = new InterruptFlag();
    private final SampledDecoding decoding;
    private Optional<Long> durationMicros = Optional.empty();
    private Optional<Future<Step>> ahead = Optional.empty();
    private Counts counts = Counts.NONE;
    private boolean closed;

    /** @param counts as of the picture or the end */
    private record Step(Optional<SampledPicture> picture, Counts counts) {}

    FfmpegFrameSource(SourceUri uri, Settings.Source settings, Watchdog watchdog) {
        this.uri = uri;
        this.watchdog = watchdog;
        this.decoding = new SampledDecoding(uri, settings, interrupt, counters, watchdog::alive);
    }

    void open() throws SourceException {
        durationMicros = await(watchdog.start(decoding::open));
    }

    @Override
    public Optional<SampledPicture> next() throws SourceException {
        if (closed) {
            throw new IllegalStateException("source " + uri + " is closed");
        }
        Step step = await(ahead.orElseGet(this::startNext));
        counts = step.counts;
        ahead = step.picture.map(picture -> startNext());
        return step.picture;
    }

    private Future<Step> startNext() {
        return watchdog.start(() -> new Step(decoding.next(), counters.counts()));
    }

    private <T> T await(Future<T> nativeCall) throws SourceException {
        try {
            return watchdog.await(nativeCall);
        } catch (SourceException e) {
            counts = counters.counts();
            throw e;
        } catch (Watchdog.StalledException e) {
            interrupt.raise();
            String message = "source " + uri + ": " + e.getMessage();
            throw uri.isLive()
                    ? SourceException.retriable(message)
                    : SourceException.fatal(message + "; the file may be damaged, or its disk is slow");
        } catch (InterruptedException e) {
            interrupt.raise();
            Thread.currentThread().interrupt();
            throw SourceException.fatal("source " + uri + ": stopped before its end");
        }
    }

    @Override
    public Counts counts() {
        return counts;
    }

    @Override
    public Optional<Long> durationMicros() {
        return durationMicros;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            interrupt.raise();
            watchdog.end(decoding::close);
        }
    }
}
