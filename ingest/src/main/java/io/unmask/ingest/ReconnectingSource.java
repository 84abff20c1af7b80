package io.unmask.ingest;

import io.unmask.ingest.decode.Counts;
import io.unmask.ingest.decode.FrameSource;
import io.unmask.ingest.decode.SampledPicture;
import io.unmask.ingest.decode.SourceException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * A source's pictures; a live source that falls silent is opened again. Presentation times go on where they stopped,
 * later by the time that went by. A source that never gave a picture is not opened again: its address is wrong or
 * nobody is there. One thread.
 */
final class ReconnectingSource implements AutoCloseable {
    private final Opening opening;
    private final Watcher watcher;
    private Optional<FrameSource> source = Optional.empty();
    private Counts before = Counts.NONE;
    private OptionalLong durationMicros = OptionalLong.empty();
    private long offsetMicros;
    private long lastMicros = -1;
    private long lastNanos;
    private int reconnects;
    private int attempts;
    private int picturesSinceOpened;

    /** Opens the source anew. */
    interface Opener {
        FrameSource open() throws SourceException;
    }

    /** Hears of a source that falls silent, and decides how long it may stay so. */
    interface Watcher {
        /** The source is open, and gives pictures from now on. */
        void opened();

        /** The source fell silent and will be opened again. */
        void stalled(String why);

        /** The first picture after a silence is there. */
        void reconnected(long timeMicros);

        /** Waits before attempt 1, 2, …; false when the session was stopped. */
        boolean pause(int attempt);
    }

    /**
     * @param live whether the source may be opened again at all
     * @param attempts how often in a row it is opened again in vain
     * @param steadyPictures pictures after which a source counts as back for good
     */
    record Opening(Opener opener, boolean live, int attempts, int steadyPictures, LongSupplier nanoTime) {}

    ReconnectingSource(Opening opening, Watcher watcher) {
        this.opening = opening;
        this.watcher = watcher;
    }

    /** The next picture, empty at the regular end and when the session was stopped. */
    Optional<SampledPicture> next() throws SourceException {
        while (true) {
            try {
                return opened().next().map(this::inTime);
            } catch (SourceException e) {
                if (!mayOpenAgain(e)) {
                    throw e;
                }
                if (picturesSinceOpened > 0) {
                    watcher.stalled(e.getMessage());
                }
                close();
                if (!watcher.pause(++attempts)) {
                    return Optional.empty();
                }
            }
        }
    }

    Counts counts() {
        return source.map(FrameSource::counts).map(before::plus).orElse(before);
    }

    int reconnects() {
        return reconnects;
    }

    /** Whether the source is live and declares no length; known from the first picture on. */
    boolean isEndless() {
        return opening.live && durationMicros.isEmpty();
    }

    OptionalLong durationMicros() {
        return durationMicros;
    }

    private FrameSource opened() throws SourceException {
        if (source.isEmpty()) {
            FrameSource fresh = opening.opener.open();
            source = Optional.of(fresh);
            durationMicros = fresh.durationMicros();
            watcher.opened();
        }
        return source.get();
    }

    private boolean mayOpenAgain(SourceException e) {
        return isEndless() && e.retriable() && lastMicros >= 0 && attempts < opening.attempts;
    }

    private SampledPicture inTime(SampledPicture picture) {
        long nanos = opening.nanoTime.getAsLong();
        if (++picturesSinceOpened == 1 && lastMicros >= 0) {
            reconnects++;
            offsetMicros = lastMicros + Math.max(1, (nanos - lastNanos) / 1000) - picture.timeMicros();
            watcher.reconnected(picture.timeMicros() + offsetMicros);
        }
        if (picturesSinceOpened >= opening.steadyPictures) {
            attempts = 0;
        }
        lastNanos = nanos;
        lastMicros = picture.timeMicros() + offsetMicros;
        return new SampledPicture(lastMicros, picture.shown(), picture.captured());
    }

    @Override
    public void close() {
        if (source.isPresent()) {
            source.get().close();
            before = counts();
            source = Optional.empty();
        }
        picturesSinceOpened = 0;
    }
}
