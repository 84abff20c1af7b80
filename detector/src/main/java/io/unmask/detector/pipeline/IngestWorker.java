package io.unmask.detector.pipeline;

import io.unmask.detector.pipeline.StreamJob.Reader;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.IngestListener;
import io.unmask.ingest.clip.IngestEvent;
import java.time.Clock;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Carries one source's events to the queue, on a thread that bears the source's name meanwhile. */
final class IngestWorker implements Runnable {
    private final StreamJob job;
    private final ClipQueue queue;
    private final ProgressListener progress;
    private final Clock clock;
    private final Object lock = new Object();
    private Reader reader;
    private boolean stopped;

    IngestWorker(StreamJob job, ClipQueue queue, ProgressListener progress, Clock clock) {
        this.job = job;
        this.queue = queue;
        this.progress = progress;
        this.clock = clock;
    }

    /** Ends the source soon, as if it were over; one that was not begun yet is left out. */
    void stop() {
        synchronized (lock) {
            stopped = true;
            if (reader != null) {
                reader.stop();
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
        }
        // Beside the opening: a file is read to its end for it.
        var identity = CompletableFuture.supplyAsync(job.identity()::identify, this::beside);
        Reader opened = job.readers().open(new Forwarder(identity));
        synchronized (lock) {
            reader = opened;
            if (stopped) {
                opened.stop();
            }
        }
        opened.run();
    }

    private void beside(Runnable task) {
        Thread thread = new Thread(task, "unmask-identity " + job.label());
        thread.setDaemon(true);
        thread.start();
    }

    private final class Forwarder implements IngestListener {
        private final CompletableFuture<Verdict.Stream> identity;
        private Instant opened = clock.instant();
        private boolean isLive;
        private OpenStream stream;

        Forwarder(CompletableFuture<Verdict.Stream> identity) {
            this.identity = identity;
        }

        @Override
        public void started(boolean live) {
            opened = clock.instant();
            isLive = live;
        }

        @Override
        public void event(IngestEvent event) {
            if (stream == null) {
                stream = new OpenStream(job.label(), identity.join(), opened, isLive);
            }
            if (!queue.put(new StreamEvent(stream, event, System.nanoTime()))) {
                stop();
            }
        }

        @Override
        public boolean isBehind() {
            return queue.isFull();
        }

        @Override
        public void progress(long positionMicros, OptionalLong durationMicros) {
            progress.at(job, positionMicros, durationMicros);
        }
    }
}
