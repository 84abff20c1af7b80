package io.unmask.detector.pipeline;

import io.unmask.detector.pipeline.StreamJob.Reader;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.IngestListener;
import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one source and puts its events into the queue. The thread is named after the source meanwhile. */
final class IngestWorker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(IngestWorker.class);

    private final StreamJob job;
    private final ClipQueue queue;
    private final ProgressListener progress;
    private final Clock clock;
    private final Object lock = new Object();
    private final CompletableFuture<Verdict.Stream> identity = new CompletableFuture<>();
    private Thread identifying;
    private Reader reader;
    private boolean stopped;

    IngestWorker(StreamJob job, ClipQueue queue, ProgressListener progress, Clock clock) {
        this.job = job;
        this.queue = queue;
        this.progress = progress;
        this.clock = clock;
    }

    /** Ends the source soon, as if it were over. One that has not begun or is not identified yet is left out. */
    void stop() {
        synchronized (lock) {
            stopped = true;
            if (reader != null) {
                reader.stop();
            }
            if (identifying != null) {
                identity.cancel(false);
                identifying.interrupt();
            }
        }
    }

    @Override
    public void run() {
        Thread thread = Thread.currentThread();
        String pooled = thread.getName();
        thread.setName("unmask-ingest " + job.label());
        try {
            read();
        } catch (RuntimeException | Error e) {
            queue.fail(PipelineException.at(job.label(), e));
        } finally {
            thread.setName(pooled);
            queue.producerDone();
        }
    }

    private void read() {
        synchronized (lock) {
            if (stopped) {
                return;
            }
            identifying = identify();
        }
        Forwarder forwarder = new Forwarder();
        try {
            read(forwarder);
        } catch (CancellationException e) {
            LOG.debug("{} was stopped before it was identified, and is left out", job.label());
        } catch (RuntimeException e) {
            // An unforeseen failure of one source must not end the others.
            forwarder.fail(e);
        }
    }

    private void read(Forwarder forwarder) {
        Reader opened = job.readers().open(forwarder);
        synchronized (lock) {
            reader = opened;
            if (stopped) {
                opened.stop();
            }
        }
        opened.run();
    }

    /** Identifies the source on a thread of its own while it is opened, since a file is read to its end for that. */
    private Thread identify() {
        Thread thread = new Thread(
                () -> {
                    try {
                        identity.complete(job.identity().identify());
                    } catch (RuntimeException | Error e) {
                        identity.completeExceptionally(e);
                    }
                },
                "unmask-identity " + job.label());
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private final class Forwarder implements IngestListener {
        private Instant opened = clock.instant();
        private boolean isLive;
        private final CaptureTimes captures = new CaptureTimes();
        private OpenStream stream;
        private boolean ended;
        private long endMicros;
        private Coverage coverage = Coverage.NONE;

        @Override
        public void started(boolean live) {
            opened = clock.instant();
            isLive = live;
        }

        @Override
        public void event(IngestEvent event) {
            ended |= event instanceof SourceEnded || event instanceof ConnectionLost;
            endMicros = event.endMicros();
            coverage = event.coverage();
            if (!queue.put(new StreamEvent(stream(), event, System.nanoTime()))) {
                stop();
            }
        }

        /** Reports that the source failed, unless its end is reported already. */
        void fail(RuntimeException cause) {
            if (!ended) {
                LOG.warn("{} failed", job.label(), cause);
                String why = PipelineException.at(job.label(), cause).getMessage();
                event(new SourceEnded(0, endMicros, false, Optional.of(why), coverage));
            }
        }

        private OpenStream stream() {
            if (stream == null) {
                stream = new OpenStream(job.label(), identity.join(), opened, isLive, job.rules(), captures);
            }
            return stream;
        }

        @Override
        public void captured(long positionMicros, Captured captured) {
            captures.add(positionMicros, captured);
        }

        @Override
        public boolean isBehind(long positionMicros) {
            if (!isLive) {
                return false;
            }
            long now = System.nanoTime();
            OpenStream source = stream();
            source.lateness().arrived(positionMicros, now);
            return queue.isLate(source, positionMicros, now);
        }

        @Override
        public void progress(long positionMicros, OptionalLong durationMicros) {
            progress.at(job, positionMicros, durationMicros);
        }
    }
}
