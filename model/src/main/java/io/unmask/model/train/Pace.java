package io.unmask.model.train;

import io.unmask.config.TrainSettings;

/**
 * How long a run of the loop is, at which rate, and what happens every so often.
 *
 * @param averageDecay of the running average of the weights; 0: the average is the weights themselves
 * @param evaluateSteps updates between two looks at the validation data; 0: there are none
 * @param patience looks without a better AUC after which the run stops; 0: never early
 */
record Pace(
        long steps,
        LearningRateSchedule rate,
        double averageDecay,
        long evaluateSteps,
        long checkpointSteps,
        int patience) {
    /** Adam begins anew in each round and needs some steps before it knows a gradient's size. */
    private static final long WARMUP_SHARE = 5;

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
     * Of one round of a federation: one rate, from a cosine over all rounds. The mean over the sites takes the place of
     * the running average.
     *
     * @param round from 1
     */
    static Pace ofRound(TrainSettings settings, long round, long rounds, long steps) {
        double rate = new LearningRateSchedule(settings.learningRate(), settings.finalLearningRate(), 0, rounds)
                .at(round - 1);
        long warmup = Math.min(settings.warmupSteps(), steps / WARMUP_SHARE);
        return new Pace(
                steps, new LearningRateSchedule(rate, rate, warmup, steps), 0, 0, settings.checkpointSteps(), 0);
    }

    /** Whether patience has run out so many steps after the best look. */
    boolean isOut(long sinceBest) {
        return patience > 0 && sinceBest / evaluateSteps >= patience;
    }

    /** Whether the validation data are looked at after so many steps. */
    boolean judges(long done) {
        return evaluateSteps > 0 && (done % evaluateSteps == 0 || done == steps);
    }
}
