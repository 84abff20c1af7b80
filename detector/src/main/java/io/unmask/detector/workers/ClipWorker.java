package io.unmask.detector.workers;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.unmask.detector.broker.BrokerException;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.pipeline.ScoringWorker;
import io.unmask.detector.publish.ClipGroup;
import io.unmask.detector.publish.ClipGroup.Clip;
import io.unmask.detector.publish.PublishException;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.workers.StreamDesk.Judged;
import io.unmask.model.score.ClipScorer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the clips of its share of the topic until it is stopped. A batch's verdicts, the states of its streams and its
 * offsets are one transaction. One thread runs the worker; any thread may stop it.
 */
public final class ClipWorker {
    private static final Logger LOG = LoggerFactory.getLogger(ClipWorker.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long REJOIN_MS = 1_000;

    private final FaceWitness witness;
    private final MeterRegistry meters;
    private final Listener listener;
    private final String member = UUID.randomUUID().toString();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Optional<Loaded>> successor = new AtomicReference<>(Optional.empty());
    private final Counter setAside;
    private ServingModel model;
    private Optional<StreamDesk> lastDesk = Optional.empty();
    private Optional<Failure> lastFailure = Optional.empty();

    /** A model that is loaded. */
    private record Loaded(ServingModel model, ClipScorer scorer) {}

    /** Why a clip that was judged alone has failed. */
    private record Failure(String clip, String why) {}

    /** Is told what the worker does, on its thread. */
    public interface Listener {

        /** Outcomes were committed. */
        void committed(List<Outcome> outcomes);

        /** Kafka has failed, and the worker tries again, or a clip was set aside. */
        void trouble(String message);
    }

    public ClipWorker(ServingModel model, FaceWitness witness, MeterRegistry meters, Listener listener) {
        this.model = model;
        this.witness = witness;
        this.meters = meters;
        this.listener = listener;
        setAside = Counter.builder("unmask.clips.set.aside")
                .description("Clips that failed again and again")
                .register(meters);
    }

    /**
     * Judges until {@link #stop}.
     *
     * @param scorer of the first model; this method closes it
     * @throws BrokerException when there is no broker and none can be started
     */
    public void run(ClipScorer scorer) throws InterruptedException {
        ClipScorer judging = scorer;
        try (BrokerLease broker = Brokers.obtain(model.settings())) {
            while (!isStopped()) {
                judgeAsMember(broker.connection(), judging);
                Optional<Loaded> next = successor.getAndSet(Optional.empty());
                if (next.isPresent()) {
                    judging.close();
                    judging = next.get().scorer();
                    model = next.get().model();
                }
            }
        } finally {
            judging.close();
            successor.getAndSet(Optional.empty()).ifPresent(late -> late.scorer()
                    .close());
        }
    }

    /**
     * Judges by another model from the next batch on. The worker leaves the group and joins it again, so that streams continue
     * from their committed state. May be called by any thread, which loads the model.
     */
    public void replaceModel(ServingModel other) {
        successor.getAndSet(Optional.of(new Loaded(other, other.load()))).ifPresent(passed -> passed.scorer()
                .close());
    }

    /** Judges as a member of the group, until the worker is stopped, gets another model, or Kafka fails. */
    private void judgeAsMember(Map<String, Object> connection, ClipScorer scorer) throws InterruptedException {
        StreamDesk desk = new StreamDesk(model, new ScoringWorker(scorer, model.rules(), witness, meters));
        lastDesk.ifPresent(desk::follow);
        lastDesk = Optional.of(desk);
        int batch = model.settings().model().batchClips();
        try (ClipGroup group = ClipGroup.join(model.settings(), connection, desk, batch, member)) {
            while (!isStopped() && successor.get().isEmpty()) {
                judgeBatch(group, desk);
            }
        } catch (PublishException e) {
            listener.trouble(e.getMessage());
            LOG.debug("the worker joins the group again", e);
            var unused = stopped.await(REJOIN_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Ends {@link #run} after the present batch. */
    public void stop() {
        stopped.countDown();
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private void judgeBatch(ClipGroup group, StreamDesk desk) {
        List<Clip> clips = group.poll(POLL);
        if (clips.isEmpty()) {
            return;
        }
        boolean isGivenUp =
                group.failedAttempts(clips.get(0)) >= model.settings().workers().maxAttempts();
        String why = why(clips.get(0));
        Judged judged;
        try {
            judged = isGivenUp ? desk.setAside(clips.get(0), why) : desk.judge(clips);
        } catch (RuntimeException e) {
            // Whatever has failed, the clips are tried again, and one that keeps failing is set aside.
            LOG.warn("{} clips from {} on cannot be judged: {}", clips.size(), clips.get(0), e.getMessage());
            LOG.debug("the failure was", e);
            rememberFailure(clips, e);
            desk.undo();
            group.retry(clips);
            return;
        }
        commit(group, clips, judged);
        desk.confirm();
        if (isGivenUp) {
            setAside.increment();
            listener.trouble(clips.get(0) + " failed again and again and is set aside: " + why);
        }
        listener.committed(judged.outcomes());
    }

    private void commit(ClipGroup group, List<Clip> clips, Judged judged) {
        try {
            group.commit(clips, judged.result());
        } catch (PublishException.Undeliverable e) {
            rememberFailure(clips, e);
            throw e;
        }
    }

    /** Only a clip that was judged alone is known to have caused the failure. */
    private void rememberFailure(List<Clip> clips, RuntimeException cause) {
        if (clips.size() == 1) {
            lastFailure = Optional.of(new Failure(clips.get(0).toString(), cause.toString()));
        }
    }

    private String why(Clip clip) {
        return lastFailure
                .filter(failure -> failure.clip().equals(clip.toString()))
                .map(Failure::why)
                .orElse("the process that judged it died");
    }
}
