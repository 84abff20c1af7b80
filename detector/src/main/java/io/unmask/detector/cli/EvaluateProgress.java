package io.unmask.detector.cli;

import io.unmask.detector.evaluate.Evaluation;
import java.time.Duration;

/** Shows an evaluation on standard error: a line that is redrawn on a terminal, else one every so often. One thread. */
final class EvaluateProgress implements Evaluation.Listener, AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final Console console;
    private String what = "";
    private int files;
    private long startNanos;
    private long toldNanos;

    EvaluateProgress(Console console) {
        this.console = console;
    }

    @Override
    public void begins(String set, String condition, int count) {
        what = set + ", " + condition;
        files = count;
        startNanos = System.nanoTime();
        toldNanos = startNanos;
    }

    @Override
    public void judged(int done) {
        long now = System.nanoTime();
        Duration left = Duration.ofNanos((now - startNanos) / done * (files - done));
        String line = "judging %s: %d of %d files  %d:%02d:%02d left"
                .formatted(what, done, files, left.toHours(), left.toMinutesPart(), left.toSecondsPart());
        if (console.progressPossible()) {
            console.progress(line);
        } else if (now - toldNanos > PAUSE.toNanos()) {
            console.note(line);
            toldNanos = now;
        }
    }

    @Override
    public void close() {
        console.endProgress();
    }
}
