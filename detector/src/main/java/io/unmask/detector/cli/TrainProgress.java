package io.unmask.detector.cli;

import io.unmask.config.TrainSettings;
import io.unmask.model.train.Progress;
import java.time.Duration;

/**
 * Shows a training on standard error: on a terminal one line that is redrawn, else a line for every hundred steps. Used by
 * the loop's thread.
 */
final class TrainProgress implements Progress, AutoCloseable {
    private static final int LINE_STEPS = 100;
    /** The share of a running mean that stays at each step. */
    private static final double KEPT_SHARE = 0.98;

    private final Console console;
    private final int clips;
    private double loss = Double.NaN;
    private double stepMs = Double.NaN;

    TrainProgress(Console console, TrainSettings settings) {
        this.console = console;
        this.clips = settings.batchClips();
    }

    @Override
    public void stepped(Step step) {
        loss = follow(loss, step.loss());
        stepMs = follow(stepMs, step.waitedMs() + step.tookMs());
        if (console.progressPossible()) {
            console.progress(line(step));
        } else if (step.step() % LINE_STEPS == 0 || step.step() == step.steps()) {
            console.note(line(step));
        }
    }

    @Override
    public void judged(Judged judged) {
        console.note("step %d: validation AUC %.4f, log-loss %.4f%s"
                .formatted(judged.step(), judged.auc(), judged.logLoss(), judged.best() ? " (best)" : ""));
    }

    @Override
    public void limited(String by) {
        console.note("the data limit the result: " + by);
    }

    @Override
    public void changed(String setting) {
        console.note("the run goes on, but " + setting);
    }

    @Override
    public void skipped(String file) {
        console.note(file + "; left out");
    }

    private String line(Step step) {
        long left = (long) ((step.steps() - step.step()) * stepMs);
        // Fits into 80 columns.
        return "training %3d %%  step %d of %d  loss %.4f  rate %.2g  %.0f clips/s  %s left"
                .formatted(
                        100 * step.step() / step.steps(),
                        step.step(),
                        step.steps(),
                        loss,
                        step.rate(),
                        clips * 1000 / stepMs,
                        clock(Duration.ofMillis(left)));
    }

    private static String clock(Duration time) {
        return "%d:%02d:%02d".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }

    private static double follow(double mean, double value) {
        return Double.isNaN(mean) ? value : KEPT_SHARE * mean + (1 - KEPT_SHARE) * value;
    }

    @Override
    public void close() {
        console.endProgress();
    }
}
