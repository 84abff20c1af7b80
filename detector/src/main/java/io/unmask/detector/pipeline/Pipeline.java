package io.unmask.detector.pipeline;

import io.unmask.config.Daemons;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Rules;
import io.unmask.model.score.ClipScorer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads sources, each on a thread of its own, judges their clips in common batches on the thread that calls {@link #run}, and
 * hands the outcomes to the sink on another thread. Sources may be added and stopped while it runs. For one run; every method
 * but {@code run} may be called from any thread.
 */
public final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    private static final int MAX_QUEUED = 256;
    private static final long MAX_QUEUED_BYTES = 128L << 20;
    /** Outcomes that may wait for the disk; a verdict takes some 6 kB. */
    public static final int MAX_UNCOMMITTED = 512;

    private static final long STOP_SECONDS = 10;
    private static final long IDLE_SECONDS = 5;

    private final Rules rules;
    private final Outlets outlets;
    private final StageMeters meters;
    private final JudgingModels models;
    private final int batch;
    /** The pipeline itself counts as a producer until it is told that no source comes any more. */
    private final ClipQueue queue;

    /** One thread for each live source. */
    private final ExecutorService live = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Daemons.named("unmask-ingest"));

    private final ExecutorService files;

    private final Object lock = new Object();
    private final Set<IngestWorker> workers = new HashSet<>();
    private boolean complete;
    private boolean stopped;

    /**
     * How much is done at once.
     *
     * @param filesAtOnce how many files are read at the same time, at least 1; live sources are all read at once
     * @param batch largest number of events that are judged in one batch
     * @param maxLateness how late a live picture may be when its turn comes; later clips are dropped, the oldest first
     */
    public record Limits(int filesAtOnce, int batch, Duration maxLateness) {}

    /** A source that was added. */
    @FunctionalInterface
    public interface Handle {

        /** Ends the source soon. What was read of it is still judged, and the other sources go on. */
        void stop();
    }

    public Pipeline(Rules rules, Outlets outlets, Limits limits) {
        this.rules = rules;
        this.outlets = outlets;
        this.meters = new StageMeters(outlets.meters());
        this.models = new JudgingModels(outlets.witness(), outlets.meters());
        this.batch = limits.batch();
        queue = new ClipQueue(1, new ClipQueue.Bounds(MAX_QUEUED, MAX_QUEUED_BYTES, limits.maxLateness()));
        files = Executors.newFixedThreadPool(limits.filesAtOnce(), Daemons.named("unmask-ingest"));
    }

    /**
     * Adds a source, which is read as soon as its turn comes, before {@link #run} or during it. After {@link #stop} it is
     * left out.
     *
     * @throws IllegalStateException after {@link #complete}
     */
    public Handle add(StreamJob job) {
        IngestWorker worker = new IngestWorker(job, queue, outlets.progress(), rules.clock());
        synchronized (lock) {
            if (stopped) {
                return () -> {};
            }
            if (complete) {
                throw new IllegalStateException(job.label() + " was added to sources that are complete");
            }
            queue.producerAdded();
            workers.add(worker);
            (job.live() ? live : files).execute(() -> read(worker));
        }
        return worker::stop;
    }

    /** How many events wait to be judged, by the id of their stream. */
    public Map<String, Integer> waiting() {
        return queue.waiting();
    }

    /** Says that no further source will be added: {@link #run} ends when all that were added have ended. */
    public void complete() {
        synchronized (lock) {
            if (!complete) {
                complete = true;
                queue.producerDone();
            }
        }
    }

    /** Judges the given sources, and no others, to their ends. */
    public void run(List<StreamJob> jobs, Supplier<ClipScorer> scorers) throws InterruptedException {
        jobs.forEach(this::add);
        complete();
        run(scorers);
    }

    /**
     * Judges the sources until they are complete and have ended. What was judged before a failure has reached the sink.
     *
     * @param scorers called once, while sources are already being opened; the pipeline closes the scorer
     * @throws PipelineException when a source or the model failed in a way that no event can tell
     */
    public void run(Supplier<ClipScorer> scorers) throws InterruptedException {
        long start = System.nanoTime();
        try (queue;
                models) {
            models.begin(new LoadedModel(scorers.get(), rules, UnaryOperator.identity()));
            judge();
            meters.ran(System.nanoTime() - start);
        } finally {
            stop();
            end(live);
            end(files);
        }
    }

    /**
     * Replaces the model from the next batch on. Streams, faces in sight and sequence numbers go on.
     *
     * @param failed is told why, on the scoring thread, if the old model has to stay
     */
    public void replaceModel(LoadedModel model, Consumer<String> failed) {
        models.replace(model, failed);
    }

    /**
     * Lets a second model, the shadow, judge the same clips on trial.
     *
     * @param sink takes the shadow's verdicts, on the scoring thread; it must not block for long
     * @param failed is told why, on the scoring thread, if the shadow fails and is ended
     */
    public void shadowModel(LoadedModel model, OutcomeSink sink, Consumer<String> failed) {
        models.shadow(model, sink, failed);
    }

    /** Ends the shadow, if there is one. */
    public void withoutShadow() {
        models.withoutShadow();
    }

    /**
     * Passes on the sources' events instead of judging them, until the sources are complete and have ended. Called instead of
     * {@link #run}.
     *
     * @param next takes the events, in order within each stream. While it blocks, files wait and live streams drop their oldest
     *     clips
     */
    public void handOver(Consumer<List<StreamEvent>> next) throws InterruptedException {
        try (queue) {
            List<StreamEvent> events = queue.poll(batch);
            while (!events.isEmpty()) {
                next.accept(events);
                events = queue.poll(batch);
            }
        } finally {
            stop();
            end(live);
            end(files);
        }
    }

    /** Ends {@link #run} soon: sources end where they are, and what was read of them is still judged. */
    public void stop() {
        List<IngestWorker> running;
        synchronized (lock) {
            stopped = true;
            running = List.copyOf(workers);
        }
        complete();
        running.forEach(IngestWorker::stop);
    }

    private void read(IngestWorker worker) {
        try {
            worker.run();
        } finally {
            synchronized (lock) {
                workers.remove(worker);
            }
        }
    }

    private void judge() throws InterruptedException {
        try (GroupCommit<Outcome> commits = GroupCommit.start(this::commit, MAX_UNCOMMITTED)) {
            List<StreamEvent> events = queue.poll(batch);
            while (!events.isEmpty()) {
                commits.add(models.process(events));
                events = queue.poll(batch);
            }
        }
    }

    private void commit(List<Outcome> outcomes) {
        meters.commit(() -> outlets.sink().accept(outcomes));
    }

    private static void end(ExecutorService threads) throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("a source did not stop within {} s; it is abandoned", STOP_SECONDS);
        }
    }
}
