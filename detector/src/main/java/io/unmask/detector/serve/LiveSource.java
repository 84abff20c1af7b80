package io.unmask.detector.serve;

import io.unmask.config.Settings;
import io.unmask.config.SourceSpec;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.pipeline.StreamJob;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.IngestListener;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.decode.SourceUri;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A live source, which has no end: whenever its pictures stop, it is opened again, after pauses that grow. Each connection
 * is a session of its own, whose times start at zero.
 */
final class LiveSource implements ManagedSource {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSource.class);
    /** Ingest must not reconnect, because this class does. */
    private static final Map<String, String> ONE_CONNECTION = Map.of("source.reconnect-attempts", "0");

    private final SourceSpec spec;
    private final SourceContext context;
    private final ServingModel model;
    private final SourceUri named;
    private final Backoff backoff;
    private final StatusLine status;
    private final PreviewBox preview;

    private Optional<Connection> connection = Optional.empty();
    private Optional<Pipeline.Handle> handle = Optional.empty();
    private boolean stopped;
    private boolean everSeen;
    private boolean troubleTold;
    private int attempts;

    /** @throws RefusedException when the address is invalid or its secret is missing */
    LiveSource(SourceSpec spec, SourceContext context) {
        this.spec = spec;
        this.context = context;
        named = SourceAddress.of(spec, context.environment());
        model = context.modelFor(spec, ONE_CONNECTION);
        backoff = new Backoff(limits().longestPauseMs(), context.random());
        status = new StatusLine(context.clock(), named.redacted(), true);
        preview = new PreviewBox(context.clock());
    }

    private Settings.Serve limits() {
        return context.settings().serve();
    }

    @Override
    public void start() {
        connect();
    }

    @Override
    public void stop() {
        Optional<Pipeline.Handle> open;
        boolean stalled;
        synchronized (this) {
            stopped = true;
            open = handle;
            stalled = handle.isEmpty() && troubleTold;
        }
        open.ifPresent(Pipeline.Handle::stop);
        if (stalled) {
            // No connection is left to report the end. When the whole service is ending, this may come too late.
            var unused = read(listener -> new Announcement(() -> listener.event(ended())));
        }
    }

    @Override
    public void tick(long nowNanos) {
        Optional<Connection> open;
        synchronized (this) {
            open = connection;
        }
        open.ifPresent(one -> one.check(nowNanos));
    }

    @Override
    public SourceStatus status(String id, boolean fromFile) {
        Optional<Connection> open;
        synchronized (this) {
            open = connection;
        }
        return status.status(id, fromFile, open.map(Connection::lagMillis).orElse(OptionalLong.empty()));
    }

    @Override
    public Optional<Preview> preview() {
        return preview.newest();
    }

    private synchronized void connect() {
        if (!stopped) {
            handle = Optional.of(read(this::open));
        }
    }

    private Pipeline.Handle read(StreamJob.ReaderFactory readers) {
        // The session begins here and not on the reader's thread, where it could come after the session of a
        // source that replaces this one.
        Verdict.Stream stream = beginSession();
        return context.pipeline()
                .add(new StreamJob(spec.id(), true, () -> stream, readers, Optional.of(model.rules())));
    }

    private Verdict.Stream beginSession() {
        Verdict.Stream stream =
                new Verdict.Stream(spec.id(), context.clock().instant().toString(), named.redacted());
        context.owners().owns(spec.id(), stream);
        return stream;
    }

    /** Called by the source's own thread, because reading the secret's file may hang. */
    private StreamJob.Reader open(IngestListener listener) {
        Reactions reactions = new Reactions();
        try {
            SourceUri address = SourceAddress.of(spec, context.environment());
            Connection fresh = new Connection(new Connection.Opening(address, model, limits()), listener, reactions);
            synchronized (this) {
                connection = Optional.of(fresh);
            }
            return fresh;
        } catch (RefusedException e) {
            // The secret's file may come back, just as a camera may, so this is tried again.
            return new Announcement(() -> reactions.refused(e.getMessage(), listener));
        }
    }

    private static SourceEnded ended() {
        return new SourceEnded(0, 0, true, Optional.empty(), Coverage.NONE);
    }

    /** Stands in for a reader when there is nothing to read, only an event to report. */
    private record Announcement(Runnable report) implements StreamJob.Reader {
        @Override
        public void run() {
            report.run();
        }

        @Override
        public void stop() {}
    }

    private synchronized void retryLater() {
        if (!stopped) {
            long pauseMs = backoff.pauseMs(++attempts);
            var unused = context.timer().schedule(Guarded.of(this::connect), pauseMs, TimeUnit.MILLISECONDS);
        }
    }

    /** Turns what happens to a connection into the state of the source. Called by the connection's thread. */
    private final class Reactions implements Connection.Owner {
        void refused(String why, IngestListener listener) {
            if (isStopped()) {
                listener.event(LiveSource.ended());
            } else if (lost(why)) {
                listener.event(new ConnectionLost(0, 0, why, Coverage.NONE));
            }
        }

        @Override
        public boolean seen() {
            synchronized (LiveSource.this) {
                boolean again = everSeen;
                everSeen = true;
                troubleTold = false;
                if (again) {
                    status.reconnected();
                }
                status.set(SourceState.RUNNING, "");
                return again;
            }
        }

        @Override
        public void steady() {
            synchronized (LiveSource.this) {
                attempts = 0;
            }
        }

        @Override
        public void picture(Picture picture) {
            preview.offer(picture);
        }

        @Override
        public boolean isStopped() {
            synchronized (LiveSource.this) {
                return stopped;
            }
        }

        @Override
        public boolean lost(String why) {
            synchronized (LiveSource.this) {
                connection = Optional.empty();
                handle = Optional.empty();
                status.set(everSeen ? SourceState.STALLED : SourceState.OPENING, why);
                LOG.info("source {}: {}; it is opened again", spec.id(), why);
                boolean first = !troubleTold;
                troubleTold = true;
                retryLater();
                return first;
            }
        }

        @Override
        public void ended(String why) {
            synchronized (LiveSource.this) {
                connection = Optional.empty();
                handle = Optional.empty();
                status.set(SourceState.ENDED, why);
            }
        }
    }
}
