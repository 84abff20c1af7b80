package io.unmask.detector.pipeline;

import io.unmask.model.score.ClipScorer;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads sources, each on a thread of its own, judges them on the thread that calls {@link #run}, and hands over what was
 * judged on a third. For one run; {@link #stop} may be called from any thread.
 */
public final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final int MAX_QUEUED = 256;
    private static final long MAX_QUEUED_BYTES = 128L << 20;
    /** Outcomes that may wait for the disk; a verdict takes some 6 kB. */
    public static final int MAX_UNCOMMITTED = 512;

    private static final long STOP_SECONDS = 10;

    private final Rules rules;
    private final Outlets outlets;
    private final StageMeters meters;
    private final Limits limits;
    private final List<IngestWorker> workers = new CopyOnWriteArrayList<>();
    private volatile boolean stopped;

    /**
     * @param sourcesAtOnce read at the same time, live ones first, so no fewer than there are of these; files wait for each
     *     other
     * @param batch most events that are judged in one go
     */
    public record Limits(int sourcesAtOnce, int batch) {}

    public Pipeline(Rules rules, Outlets outlets, Limits limits) {
        this.rules = rules;
        this.outlets = outlets;
        this.meters = new StageMeters(outlets.meters());
        this.limits = limits;
    }

    /**
     * Judges the sources to their ends. What was judged before a failure has reached the sink.
     *
     * @param scorers makes the scorer, while the sources are opened already; the pipeline closes it
     * @throws PipelineException when a source or the model failed in a way that is no verdict's to tell
     */
    public void run(List<StreamJob> jobs, Supplier<ClipScorer> scorers) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(limits.sourcesAtOnce(), daemons());
        try (ClipQueue queue = new ClipQueue(jobs.size(), MAX_QUEUED, MAX_QUEUED_BYTES)) {
            jobs.stream()
                    .sorted(Comparator.comparing(job -> !job.live()))
                    .forEach(job -> workers.add(new IngestWorker(job, queue, outlets.progress(), rules.clock())));
            if (stopped) {
                stop();
            }
            long start = System.nanoTime();
            workers.forEach(threads::execute);
            try (ClipScorer scorer = scorers.get()) {
                judge(queue, new ScoringWorker(scorer, rules, outlets.witness(), meters));
                meters.ran(System.nanoTime() - start);
            }
        } finally {
            stop();
            end(threads);
        }
    }

    /** Ends {@link #run} soon: sources end where they are, and what was seen of them is judged. */
    public void stop() {
        stopped = true;
        workers.forEach(IngestWorker::stop);
    }

    private void judge(ClipQueue queue, ScoringWorker scoring) throws InterruptedException {
        try (GroupCommit<Outcome> commits = GroupCommit.start(this::commit, MAX_UNCOMMITTED)) {
            List<ClipQueue.Entry> batch = queue.poll(limits.batch());
            while (!batch.isEmpty()) {
                commits.add(scoring.process(batch));
                batch = queue.poll(limits.batch());
            }
        }
    }

    private void commit(List<Outcome> outcomes) {
        meters.commit(() -> outlets.sink().accept(outcomes));
    }

    private static ThreadFactory daemons() {
        return task -> {
            Thread thread = new Thread(task, "unmask-ingest");
            // A native decoder that hangs must not keep the process alive.
            thread.setDaemon(true);
            return thread;
        };
    }

    private static void end(ExecutorService threads) throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("a source did not stop within {} s; it is abandoned", STOP_SECONDS);
        }
    }
}
