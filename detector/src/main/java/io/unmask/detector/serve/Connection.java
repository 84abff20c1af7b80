package io.unmask.detector.serve;

import io.unmask.config.Settings;
import io.unmask.detector.pipeline.StreamJob;
import io.unmask.detector.run.ServingModel;
import io.unmask.ingest.IngestListener;
import io.unmask.ingest.IngestSession;
import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.IngestEvent.StateChanged;
import io.unmask.ingest.clip.IngestEvent.StateChanged.State;
import io.unmask.ingest.clip.Lateness;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.decode.SourceUri;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a live source, from its opening to its loss. It is alive while its pictures' times advance: a
 * connection that gives no first picture, stands still or falls far behind is given up.
 */
final class Connection implements StreamJob.Reader {
    /** A source that is this many times later than the bound gets a new connection, which begins with the present. */
    private static final int TOO_FAR_BEHIND = 5;

    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Opening opening;
    private final Owner owner;
    private final IngestSession session;
    private final Lateness lateness = new Lateness();
    private long openedNanos;
    private boolean opened;
    private Optional<String> givenUp = Optional.empty();
    private long firstNanos;
    private long advancedNanos;
    private long positionMicros = -1;
    private boolean endless;
    private boolean handing;
    private long handedNanos;
    private boolean over;

    /** What to open, and how. */
    record Opening(SourceUri uri, ServingModel model, Settings.Serve limits) {}

    /** The source that the connection belongs to. */
    interface Owner {

        /** The first picture has come. Returns whether an earlier connection had given one. */
        boolean seen();

        /** The connection has lasted for a while. */
        void steady();

        void picture(Picture picture);

        boolean isStopped();

        /** The connection is over, and the source is opened again. Returns whether this is the first loss since a picture came. */
        boolean lost(String why);

        /** The source has ended and is not opened again. */
        void ended(String why);
    }

    Connection(Opening opening, IngestListener events, Owner owner) {
        this.opening = opening;
        this.owner = owner;
        session = IngestSession.apart(
                opening.uri(), opening.model().settings(), opening.model().crop(), new Guard(events));
    }

    @Override
    public void run() {
        try {
            session.run();
        } finally {
            // If a defect kept the session from reporting its end, the source is opened again nonetheless.
            if (!over) {
                var unused = owner.lost("the connection failed in an unforeseen way");
            }
        }
    }

    @Override
    public void stop() {
        session.stop();
    }

    /** Gives the connection up when it is not alive. */
    synchronized void check(long nowNanos) {
        // Before the source is open, its opener watches it: the start of the decoder is not the camera's delay.
        if (givenUp.isPresent() || !opened || handing) {
            return;
        }
        Settings.Serve limits = opening.limits();
        if (positionMicros < 0) {
            giveUpAfter(nowNanos - openedNanos, limits.firstPictureTimeoutMs(), "no picture within %d ms");
        } else {
            long aliveNanos = Math.max(advancedNanos, handedNanos);
            giveUpAfter(nowNanos - aliveNanos, limits.stallTimeoutMs(), "its pictures stand still for %d ms");
        }
    }

    synchronized OptionalLong lagMillis() {
        return positionMicros < 0
                ? OptionalLong.empty()
                : OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(lateness.nanos(positionMicros, advancedNanos)));
    }

    private void giveUpAfter(long nanos, long limitMs, String why) {
        if (nanos > TimeUnit.MILLISECONDS.toNanos(limitMs)) {
            giveUp(why.formatted(limitMs));
        }
    }

    private void giveUp(String why) {
        givenUp = Optional.of(why);
        session.stop();
    }

    private synchronized void opened(long nowNanos) {
        opened = true;
        openedNanos = nowNanos;
    }

    private synchronized void at(long micros, long nowNanos) {
        if (micros > positionMicros) {
            if (positionMicros < 0) {
                firstNanos = nowNanos;
            } else if (nowNanos - firstNanos > STEADY_NANOS) {
                owner.steady();
            }
            positionMicros = micros;
            advancedNanos = nowNanos;
            lateness.arrived(micros, nowNanos);
            long lateMs = TimeUnit.NANOSECONDS.toMillis(lateness.nanos(micros, nowNanos));
            if (endless && lateMs > TOO_FAR_BEHIND * opening.limits().maxLatenessMs() && givenUp.isEmpty()) {
                giveUp("it is " + lateMs + " ms behind; a new connection begins with the present");
            }
        }
    }

    private synchronized Optional<String> givenUp() {
        return givenUp;
    }

    private synchronized void handing(boolean begins) {
        handing = begins;
        handedNanos = System.nanoTime();
    }

    /** Watches the events between the session and the pipeline. */
    private final class Guard implements IngestListener {
        private final IngestListener next;
        private boolean seen;

        Guard(IngestListener next) {
            this.next = next;
        }

        @Override
        public void opened() {
            Connection.this.opened(System.nanoTime());
            next.opened();
        }

        @Override
        public void started(boolean live) {
            endless = live || opening.uri().kind() != SourceUri.Kind.HTTP;
            next.started(endless);
        }

        @Override
        public void event(IngestEvent event) {
            if (event instanceof SourceEnded ended) {
                end(ended);
            } else if (event instanceof StateChanged changed && changed.state() == State.STARTED) {
                seen = true;
                hand(owner.seen() ? reconnected(changed) : changed);
            } else {
                hand(event);
            }
        }

        /** A file over HTTP waits here while the pipeline is full. That time does not count as the server's silence. */
        private void hand(IngestEvent event) {
            handing(true);
            try {
                next.event(event);
            } finally {
                handing(false);
            }
        }

        @Override
        public void captured(long micros, Captured captured) {
            next.captured(micros, captured);
        }

        @Override
        public boolean isBehind(long micros) {
            at(micros, System.nanoTime());
            return next.isBehind(micros);
        }

        @Override
        public void picture(long micros, Picture picture) {
            owner.picture(picture);
        }

        @Override
        public void progress(long micros, OptionalLong durationMicros) {
            at(micros, System.nanoTime());
            next.progress(micros, durationMicros);
        }

        private void end(SourceEnded ended) {
            over = true;
            Optional<String> broken = givenUp().or(ended::failure);
            boolean wholeFile = seen && !endless && !ended.stopped() && broken.isEmpty();
            if (owner.isStopped() || wholeFile) {
                owner.ended(wholeFile ? "" : "stopped");
                next.event(ended);
                return;
            }
            String why = broken.orElse("the stream ended");
            if (owner.lost(why) || seen) {
                next.event(new ConnectionLost(ended.startMicros(), ended.endMicros(), why, ended.coverage()));
            }
        }

        private static StateChanged reconnected(StateChanged started) {
            return new StateChanged(
                    State.RECONNECTED,
                    started.detail(),
                    started.startMicros(),
                    started.endMicros(),
                    started.coverage());
        }
    }
}
