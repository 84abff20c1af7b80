package io.unmask.model.train;

import java.util.Map;

/** What a run tells while it goes on. Called by the loop's thread; must return quickly. */
public interface Progress {

    /**
     * A step was done.
     *
     * @param step number, from 1
     * @param stepsInEpoch steps in which every authentic face is met once
     * @param waitedMs that the loop waited for its batch
     */
    record Step(
            long step,
            long steps,
            long stepsInEpoch,
            double loss,
            double rate,
            double gradientNorm,
            double waitedMs,
            double tookMs) {}

    /**
     * The averaged weights were judged.
     *
     * @param auc over validation faces
     * @param logits of each label's faces: fake minus real, before calibration
     */
    record Judged(long step, double auc, double logLoss, boolean best, Map<String, double[]> logits) {}

    void stepped(Step step);

    void judged(Judged judged);

    /** Something in the data will limit the result. */
    void limited(String by);

    /** A run goes on with another setting than it began with. */
    default void changed(String setting) {}

    /** A file was left out: its name, and why. */
    void skipped(String file);
}
