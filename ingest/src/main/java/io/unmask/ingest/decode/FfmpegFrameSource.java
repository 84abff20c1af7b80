package io.unmask.ingest.decode;

import io.unmask.config.Settings;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A source whose native code runs under a {@link Watchdog}. */
final class FfmpegFrameSource implements FrameSource {
    private final SourceUri uri;
    private final Watchdog watchdog;
    private final Counters counters = new Counters();
    private final InterruptFlag interrupt = new InterruptFlag();
    private final SampledDecoding decoding;
    private Optional<Long> durationMicros = Optional.empty();
    private boolean closed;

    FfmpegFrameSource(SourceUri uri, Settings.Source settings, Watchdog watchdog) {
        this.uri = uri;
        this.watchdog = watchdog;
        this.decoding = new SampledDecoding(uri, settings, interrupt, counters, watchdog::alive);
    }

    void open() throws SourceException {
        durationMicros = call(decoding::open);
    }

    @Override
    public Optional<SampledPicture> next() throws SourceException {
        return call(decoding::next);
    }

    private <T> T call(Callable<T> nativeCall) throws SourceException {
        if (closed) {
            throw new IllegalStateException("source " + uri + " is closed");
        }
        try {
            return watchdog.call(nativeCall);
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
        return counters.counts();
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
