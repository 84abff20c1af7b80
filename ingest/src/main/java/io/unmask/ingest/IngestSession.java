package io.unmask.ingest;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.ClipAssembler;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.IngestEvent.StateChanged;
import io.unmask.ingest.clip.IngestEvent.StateChanged.State;
import io.unmask.ingest.decode.Counts;
import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.decode.SampledPicture;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.ingest.face.FaceDetectorException;
import io.unmask.ingest.face.FaceFinder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one source to its end and hands its events to a listener. {@link #run} is called once and occupies its thread;
 * {@link #stop} may be called from any other. A source's failure is not thrown: it is in the last event.
 */
public final class IngestSession implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(IngestSession.class);

    private final SourceUri uri;
    private final IngestListener listener;
    private final IngestParts parts;
    private final ClipAssembler clips;
    private final ReconnectingSource source;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Object runnerLock = new Object();
    private Optional<Thread> runner = Optional.empty();
    private Optional<FaceFinder> faces = Optional.empty();
    private long positionMicros;
    private long dropped;
    private long passedOver;

    public IngestSession(SourceUri uri, Settings settings, CropSpec crop, IngestListener listener) {
        this(uri, settings, listener, IngestParts.real(settings, crop, false));
    }

    /** A session that decodes a live source in a process of its own, see {@link FrameSources#openApart}. */
    public static IngestSession apart(SourceUri uri, Settings settings, CropSpec crop, IngestListener listener) {
        return new IngestSession(uri, settings, listener, IngestParts.real(settings, crop, true));
    }

    IngestSession(SourceUri uri, Settings settings, IngestListener listener, IngestParts parts) {
        this.uri = uri;
        this.listener = listener;
        this.parts = parts;
        clips = new ClipAssembler(settings.clip(), settings.source().sampleFps());
        source = new ReconnectingSource(
                new ReconnectingSource.Opening(
                        () -> parts.opener().open(uri),
                        uri.isLive(),
                        settings.source().reconnectAttempts(),
                        settings.clip().frames(),
                        parts.nanoTime()),
                new Interruptions());
    }

    /** Ends {@link #run} soon: the events of what was seen until now are handed out, and the source ends without a failure. */
    public void stop() {
        stopped.countDown();
        synchronized (runnerLock) {
            runner.ifPresent(Thread::interrupt);
        }
    }

    @Override
    public void run() {
        synchronized (runnerLock) {
            runner = Optional.of(Thread.currentThread());
        }
        Optional<String> failure = watch();
        boolean interruptedByOthers = leave();
        hand(clips.finish(coverage()));
        listener.event(new SourceEnded(0, positionMicros, isStopped(), failure, clips.counted(coverage())));
        if (interruptedByOthers) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Clears the thread's interrupt, so that it disturbs neither the hand-over of the last events nor the thread's next task.
     *
     * @return whether somebody else than {@link #stop} had interrupted the thread
     */
    private boolean leave() {
        synchronized (runnerLock) {
            runner = Optional.empty();
            return Thread.interrupted() && !isStopped();
        }
    }

    /** Returns why the source could not be read to its end. */
    private Optional<String> watch() {
        try (source) {
            Optional<SampledPicture> first = next();
            if (first.isPresent()) {
                listener.started(source.isEndless());
                state(State.STARTED, uri.redacted());
                watch(first);
            }
            return Optional.empty();
        } catch (SourceException | FaceDetectorException e) {
            LOG.debug("{} ended", uri, e);
            return isStopped() ? Optional.empty() : Optional.of(named(e.getMessage()));
        } catch (RuntimeException e) { // unforeseen, and yet no reason to end the other sources
            LOG.debug("{} failed", uri, e);
            return Optional.of(named("failed in an unforeseen way: " + e));
        }
    }

    private void watch(Optional<SampledPicture> first) throws SourceException {
        // The face detector is loaded only now that there is a picture: loading it takes longer than finding out that a
        // camera is off.
        try (FaceFinder finder = parts.faces().get()) {
            faces = Optional.of(finder);
            for (Optional<SampledPicture> picture = first; picture.isPresent(); picture = next()) {
                notePassedOver();
                if (picture.get().shown().isEmpty()) {
                    passOverDamage(finder, picture.get().timeMicros());
                } else if (uri.isLive() && listener.isBehind(picture.get().timeMicros())) {
                    skip(picture.get().timeMicros());
                } else {
                    look(finder, picture.get());
                }
            }
        }
    }

    private String named(String why) {
        String source = "source " + uri + ": ";
        return why.startsWith(source) ? why : source + why;
    }

    private Optional<SampledPicture> next() throws SourceException {
        Optional<SampledPicture> next = isStopped() ? Optional.empty() : source.next();
        next.ifPresent(
                picture -> picture.captured().ifPresent(captured -> listener.captured(picture.timeMicros(), captured)));
        return next;
    }

    private void look(FaceFinder finder, SampledPicture picture) {
        positionMicros = picture.timeMicros();
        listener.picture(positionMicros, picture.picture());
        FaceFinder.Found found = finder.find(positionMicros, picture.picture());
        hand(clips.add(positionMicros, found.samples(), found.doubtful(), found.ended(), coverage()));
        listener.progress(positionMicros, source.durationMicros());
    }

    private void passOverDamage(FaceFinder finder, long timeMicros) {
        positionMicros = timeMicros;
        finder.forget();
        hand(clips.damaged(timeMicros, coverage()));
        listener.progress(timeMicros, source.durationMicros());
    }

    private void skip(long timeMicros) {
        dropped++;
        clips.skip(timeMicros, coverage());
    }

    private void hand(List<IngestEvent> events) {
        events.forEach(listener::event);
    }

    private void state(State state, String detail) {
        listener.event(new StateChanged(state, detail, positionMicros, positionMicros, clips.counted(coverage())));
    }

    /** Tells the clips when pictures before this one were not decoded, since they came too late. */
    private void notePassedOver() {
        long now = source.counts().passedOver();
        if (now != passedOver) {
            passedOver = now;
            clips.passOver();
        }
    }

    private Coverage coverage() {
        Counts counts = source.counts();
        return new Coverage(
                counts.decoded(),
                counts.sampled() - dropped,
                0,
                counts.damaged(),
                counts.tainted(),
                counts.colourMapped(),
                dropped + counts.passedOver(),
                source.reconnects(),
                0,
                0,
                counts.omitted());
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /** What happens between the pictures of a live source. */
    private final class Interruptions implements ReconnectingSource.Watcher {
        @Override
        public void opened() {
            listener.opened();
        }

        @Override
        public void stalled(String why) {
            hand(clips.endTracks(coverage()));
            faces.ifPresent(FaceFinder::forget);
            state(State.STALLED, why);
        }

        @Override
        public void reconnected(long timeMicros) {
            positionMicros = timeMicros;
            passedOver = source.counts().passedOver(); // what was passed over meanwhile belongs to the interruption
            state(State.RECONNECTED, uri.redacted());
        }

        @Override
        public boolean pause(int attempt) {
            try {
                return !stopped.await(parts.backoffMs().applyAsLong(attempt), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
