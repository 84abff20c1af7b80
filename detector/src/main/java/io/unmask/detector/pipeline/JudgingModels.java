package io.unmask.detector.pipeline;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model whose verdicts count, and perhaps a shadow: one that judges the same clips beside it, so that it can be known
 * before it counts. Both can be changed while streams are judged; a change holds from a batch on. Changes may come from any
 * thread; the rest is the scoring thread's.
 */
final class JudgingModels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JudgingModels.class);

    private final FaceWitness witness;
    private final MeterRegistry meters;
    private final Queue<Runnable> changes = new ArrayDeque<>();
    private Optional<LoadedModel> model = Optional.empty();
    private ScoringWorker worker;
    private Optional<Shadow> shadow = Optional.empty();
    private boolean closed;

    private record Shadow(LoadedModel model, ScoringWorker worker, OutcomeSink sink, Consumer<String> failed) {}

    JudgingModels(FaceWitness witness, MeterRegistry meters) {
        this.witness = witness;
        this.meters = meters;
    }

    /** The model to begin with. */
    void begin(LoadedModel first) {
        model = Optional.of(first);
        worker = new ScoringWorker(first.scorer(), first.rules(), first.adapt(), witness, meters);
    }

    /**
     * From the next batch on the other model judges; the one before it is closed.
     *
     * @param failed is told why, should it not be able to go on with the open streams
     */
    void replace(LoadedModel other, Consumer<String> failed) {
        change(other, () -> {
            ScoringWorker successor = new ScoringWorker(other.scorer(), other.rules(), other.adapt(), witness, meters);
            try {
                successor.succeed(worker);
            } catch (RuntimeException e) {
                // As of a source whose own settings do not fit it.
                LOG.error("{} cannot go on with the open streams; the model before it judges on", name(other), e);
                other.scorer().close();
                failed.accept(e.getMessage());
                return;
            }
            closeModel();
            model = Optional.of(other);
            worker = successor;
            LOG.info("{} judges now", name(other));
        });
    }

    private static String name(LoadedModel model) {
        return model.rules().model().name() + " " + model.rules().model().version();
    }

    /**
     * From the next batch on the model judges beside the other one; a shadow that was there is closed.
     *
     * @param sink takes what it finds
     * @param failed is told why it was ended, should it fail
     */
    void shadow(LoadedModel other, OutcomeSink sink, Consumer<String> failed) {
        change(other, () -> {
            endShadow();
            // Its times are nobody's, and its pictures are the other one's.
            shadow = Optional.of(new Shadow(
                    other,
                    new ScoringWorker(
                            other.scorer(), other.rules(), other.adapt(), FaceWitness.NONE, new SimpleMeterRegistry()),
                    sink,
                    failed));
        });
    }

    /** There is no shadow from the next batch on. */
    void withoutShadow() {
        synchronized (changes) {
            changes.add(this::endShadow);
        }
    }

    private void change(LoadedModel other, Runnable change) {
        synchronized (changes) {
            if (closed) {
                other.scorer().close();
            } else {
                changes.add(change);
            }
        }
    }

    /** Judges a batch; what the shadow finds goes to its sink. */
    List<Outcome> process(List<StreamEvent> batch) {
        applyChanges();
        List<Outcome> outcomes = worker.process(batch);
        shadow.ifPresent(beside -> cast(beside, batch));
        return outcomes;
    }

    private void cast(Shadow beside, List<StreamEvent> batch) {
        try {
            List<Outcome> judged = beside.worker().process(batch).stream()
                    .filter(Outcome.Judged.class::isInstance)
                    .toList();
            if (!judged.isEmpty()) {
                beside.sink().accept(judged);
            }
        } catch (RuntimeException e) {
            // A failure of the shadow model must not stop the model that serves.
            LOG.warn(
                    "the shadow {} failed and is ended",
                    beside.model().rules().model().name(),
                    e);
            endShadow();
            beside.failed().accept(e.toString());
        }
    }

    private void applyChanges() {
        synchronized (changes) {
            while (!changes.isEmpty()) {
                changes.remove().run();
            }
        }
    }

    private void endShadow() {
        shadow.ifPresent(beside -> beside.model().scorer().close());
        shadow = Optional.empty();
    }

    @Override
    public void close() {
        synchronized (changes) {
            closed = true;
        }
        if (model.isPresent()) {
            // Models that were to come are closed as those that judge.
            applyChanges();
        }
        endShadow();
        closeModel();
    }

    private void closeModel() {
        model.ifPresent(judging -> judging.scorer().close());
    }
}
