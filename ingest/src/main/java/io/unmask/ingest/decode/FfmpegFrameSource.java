package io.unmask.ingest.decode;

import io.unmask.config.Settings;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;

/**
 * A source whose native code runs under a {@link Watchdog} and ahead of its reader: a few pictures ahead in a file, so that the
 * decoder's threads go on while the reader searches a picture, but only one in a live source, whose pictures would come late
 * otherwise.
 */
final class FfmpegFrameSource implements FrameSource {
    private final SourceUri uri;
    private final Watchdog watchdog;
    private final Counters counters = new Counters();
    private final InterruptFlag interrupt = new InterruptFlag();
    private final SampledDecoding decoding;
    private OptionalLong durationMicros = OptionalLong.empty();
    private final Queue<Future<Step>> ahead = new ArrayDeque<>();
    private Counts counts = Counts.NONE;
    private boolean closed;

    /** @param counts what had become of the frames when the picture was ready, or at the end */
    private record Step(Optional<SampledPicture> picture, Counts counts) {}

    /** @param backlog empty when every packet is decoded, however late */
    FfmpegFrameSource(
            SourceUri uri,
            Settings.Source settings,
            Watchdog watchdog,
            LongSupplier nanoClock,
            Optional<Backlog> backlog) {
        this.uri = uri;
        this.watchdog = watchdog;
        this.decoding = new SampledDecoding(
                uri, settings, interrupt, counters, new SampledDecoding.Live(watchdog::alive, nanoClock, backlog));
    }

    void open() throws SourceException {
        durationMicros = await(watchdog.start(decoding::open));
    }

    @Override
    public Optional<SampledPicture> next() throws SourceException {
        if (closed) {
            throw new IllegalStateException("source " + uri + " is closed");
        }
        if (ahead.isEmpty()) {
            startNext();
        }
        Step step = await(ahead.remove());
        counts = step.counts;
        while (step.picture.isPresent() && ahead.size() < decoding.picturesAhead()) {
            startNext();
        }
        return step.picture;
    }

    private void startNext() {
        ahead.add(watchdog.start(() -> new Step(decoding.next(), counters.counts())));
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
                    ? SourceException.retriable(message + OpenErrors.adviceOnSilence(uri.kind()))
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
    public OptionalLong durationMicros() {
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
