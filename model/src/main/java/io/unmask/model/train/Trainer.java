package io.unmask.model.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The training loop and nothing else. Runs on the caller's thread.
 *
 * @param step updates the weights
 * @param batches gives the next batch
 * @param validator looks at validation data
 * @param run where and how
 */
record Trainer(TrainStep step, BatchLoader batches, Validator validator, Run run) {
    /** Early weights are far from where they will be, so their average forgets faster. */
    private static final int AVERAGE_WARMUP = 10;

    /**
     * @param pace how long and at which rate
     * @param checkpoint written every so often, and at the end
     * @param best the file of the weights with the best evaluation; with patience they are what is exported in the end
     * @param facts for the checkpoint, which a resumed run must share
     * @param stopped says whether the user wants to stop
     */
    record Run(
            Pace pace,
            Path checkpoint,
            Path best,
            Map<String, String> facts,
            Progress progress,
            BooleanSupplier stopped) {}

    /**
     * A run that ended.
     *
     * @param done steps in all
     * @param kept the step whose weights the network has now
     */
    record Trained(long done, long kept) {}

    /**
     * Trains until the last step is done, the user wants to stop, or patience runs out.
     *
     * @param done steps that were done before, as the checkpoint says
     */
    Trained train(long done) throws IOException, InterruptedException {
        var pace = run.pace();
        var best = done == 0 ? Best.NONE : Best.read(run.best());
        while (done < pace.steps()
                && !pace.isOut(done - best.step())
                && !run.stopped().getAsBoolean()) {
            long asked = System.nanoTime();
            var batch = batches.next();
            long got = System.nanoTime();

            double rate = pace.rate().at(done);
            var outcome = step.run(batch, done + 1, rate, averageDecay(done));
            if (!Double.isFinite(outcome.loss()) || !Double.isFinite(outcome.gradientNorm())) {
                throw new TrainingException("loss is " + outcome.loss() + " with a gradient of "
                        + outcome.gradientNorm() + " at step " + (done + 1) + " on " + batch.sources()
                        + "; the last good checkpoint is " + run.checkpoint()
                        + "; lower learning-rate or clip-norm and start from it by --from in another --out");
            }
            done++;
            long end = System.nanoTime();
            run.progress()
                    .stepped(new Progress.Step(
                            done,
                            pace.steps(),
                            batches.inEpoch(),
                            outcome.loss(),
                            rate,
                            outcome.gradientNorm(),
                            (got - asked) / 1e6,
                            (end - got) / 1e6));

            if (pace.evaluates(done)) {
                var judged = validator.evaluate(step, done, best.auc());
                run.progress().judged(judged);
                if (judged.best()) {
                    best = new Best(done, judged.auc());
                    save(done, run.best(), Map.of(Best.AUC, Double.toString(judged.auc())));
                }
            }
            if (done % pace.checkpointSteps() == 0) {
                save(done, run.checkpoint(), run.facts());
            }
        }
        save(done, run.checkpoint(), run.facts());
        if (pace.patience() > 0 && best.step() > 0) {
            step.assign(Checkpoint.read(run.best()).values());
            return new Trained(done, best.step());
        }
        return new Trained(done, done);
    }

    private double averageDecay(long done) {
        return Math.min(run.pace().averageDecay(), (1.0 + done) / (AVERAGE_WARMUP + done));
    }

    private void save(long done, Path file, Map<String, String> facts) throws IOException {
        new Checkpoint(done, facts, step.shapes(), step.values()).write(file);
    }

    /** The step with the best evaluation so far. */
    private record Best(long step, double auc) {
        static final String AUC = "validation-auc";
        static final Best NONE = new Best(0, Double.NEGATIVE_INFINITY);

        static Best read(Path file) throws IOException {
            if (!Files.exists(file)) {
                return NONE;
            }
            var checkpoint = Checkpoint.read(file);
            return new Best(
                    checkpoint.step(), Double.parseDouble(checkpoint.facts().get(AUC)));
        }
    }
}
