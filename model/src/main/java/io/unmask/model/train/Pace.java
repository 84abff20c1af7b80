package io.unmask.model.train;

import io.unmask.config.TrainSettings;

/**
 * How many steps a run has, at which learning rate, and how often it evaluates and writes checkpoints.
 *
 * @param averageDecay of the running average of the weights; with 0 the average is the weights themselves
 * @param evaluateSteps updates between two evaluations on the validation data; with 0 there are none
 * @param patience evaluations in a row without a better AUC after which the run stops; with 0 it never stops early
 */
record Pace(
        long steps,
        LearningRateSchedule rate,
        double averageDecay,
        long evaluateSteps,
        long checkpointSteps,
        int patience) {
    /**
     * The warm-up of a round takes at most one step in this many. Adam begins anew in each round and needs some steps before
     * it knows a gradient's size.
     */
    private static final long ONE_WARMUP_STEP_IN = 5;

    static Pace of(TrainSettings settings) {
        return new Pace(
                settings.steps(),
                new LearningRateSchedule(
                        settings.learningRate(),
                        settings.finalLearningRate(),
                        settings.warmupSteps(),
                        settings.steps()),
                settings.averageDecay(),
                settings.evaluateSteps(),
                settings.checkpointSteps(),
                settings.patience());
    }

    /**
     * The pace of one round of a federation. The rate is the same in all of the round, and follows a cosine over the rounds.
     * There is no running average: the mean over the sites takes its place.
     *
     * @param round from 1
     */
    static Pace ofRound(TrainSettings settings, long round, long rounds, long steps) {
        double rate = new LearningRateSchedule(settings.learningRate(), settings.finalLearningRate(), 0, rounds)
                .at(round - 1);
        long warmup = Math.min(settings.warmupSteps(), steps / ONE_WARMUP_STEP_IN);
        return new Pace(
                steps, new LearningRateSchedule(rate, rate, warmup, steps), 0, 0, settings.checkpointSteps(), 0);
    }

    /** Whether patience has run out this many steps after the best evaluation. */
    boolean isOut(long sinceBest) {
        return patience > 0 && sinceBest / evaluateSteps >= patience;
    }

    /** Whether the run evaluates after this many steps. */
    boolean evaluates(long done) {
        return evaluateSteps > 0 && (done % evaluateSteps == 0 || done == steps);
    }
}
