package io.unmask.detector.pipeline;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Outcome;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model whose verdicts count, and perhaps a shadow: a second model that judges the same clips on trial, before its verdicts
 * count. Both can be changed while streams are judged. A change may be asked for on any thread, and takes effect before the next
 * batch. All other methods belong to the scoring thread.
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

    /** Sets the first model; called once, before the first batch. */
    void begin(LoadedModel first) {
        model = Optional.of(first);
        worker = new ScoringWorker(first.scorer(), first.rules(), first.adapt(), witness, meters);
    }

    /**
     * Replaces the model whose verdicts count, from the next batch on, and closes the old one.
     *
     * @param failed is told why, if the new model cannot go on with the open streams; then the old one stays
     */
    void replace(LoadedModel other, Consumer<String> failed) {
        change(other, () -> {
            ScoringWorker successor = new ScoringWorker(other.scorer(), other.rules(), other.adapt(), witness, meters);
            try {
                successor.takeOver(worker);
            } catch (RuntimeException e) {
                // For example, a source may have settings of its own that do not fit the new model.
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
     * Sets the shadow, from the next batch on, and closes the one before it.
     *
     * @param sink takes the shadow's verdicts
     * @param failed is told why, if the shadow fails and is ended
     */
    void shadow(LoadedModel other, OutcomeSink sink, Consumer<String> failed) {
        change(other, () -> {
            endShadow();
            // A shadow's times are not measured, and it keeps no pictures: the model that counts keeps those of the
            // same faces.
            shadow = Optional.of(new Shadow(
                    other,
                    new ScoringWorker(
                            other.scorer(), other.rules(), other.adapt(), FaceWitness.NONE, new SimpleMeterRegistry()),
                    sink,
                    failed));
        });
    }

    /** Ends the shadow, if there is one, from the next batch on. */
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

    /** Judges a batch. The shadow's verdicts go to its sink. */
    List<Outcome> process(List<StreamEvent> batch) {
        applyChanges();
        List<Outcome> outcomes = worker.process(batch);
        shadow.ifPresent(onTrial -> judge(onTrial, batch));
        return outcomes;
    }

    private void judge(Shadow onTrial, List<StreamEvent> batch) {
        try {
            List<Outcome> judged = onTrial.worker().process(batch).stream()
                    .filter(Outcome.Judged.class::isInstance)
                    .toList();
            if (!judged.isEmpty()) {
                onTrial.sink().accept(judged);
            }
        } catch (RuntimeException e) {
            // A shadow's failure must not stop the model whose verdicts count.
            LOG.warn("the shadow {} failed and is ended", name(onTrial.model()), e);
            endShadow();
            onTrial.failed().accept(e.toString());
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
        shadow.ifPresent(ended -> ended.model().scorer().close());
        shadow = Optional.empty();
    }

    @Override
    public void close() {
        synchronized (changes) {
            closed = true;
        }
        if (model.isPresent()) {
            // Models of changes that still wait are closed, too, once they are in their places.
            applyChanges();
        }
        endShadow();
        closeModel();
    }

    private void closeModel() {
        model.ifPresent(judging -> judging.scorer().close());
    }
}
