package io.unmask.detector.cli;

import io.unmask.detector.pipeline.ProgressListener;
import io.unmask.detector.pipeline.StreamJob;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Tells how far a run is. Thread-safe. */
interface DetectProgress extends ProgressListener, AutoCloseable {

    @Override
    void close();

    /**
     * A bar where standard error is a terminal; else nothing.
     *
     * @param endless whether a source is live
     */
    static DetectProgress on(Console console, int sources, boolean endless) {
        return console.progressPossible() ? new Bar(console, sources, endless) : new None();
    }

    /** Shows nothing. */
    record None() implements DetectProgress {
        @Override
        public void at(StreamJob job, long positionMicros, OptionalLong durationMicros) {}

        @Override
        public void close() {}
    }

    /** The share of the sources that was read. */
    final class Bar implements DetectProgress {
        private static final int SOURCE_STEPS = 1000;
        private static final int WIDTH = 79;
        private static final int UPDATE_MS = 200;

        private final ProgressBar bar;
        private final Map<StreamJob, Long> steps = new ConcurrentHashMap<>();
        private final AtomicBoolean closed = new AtomicBoolean();

        Bar(Console console, int sources, boolean endless) {
            bar = new ProgressBarBuilder()
                    .setTaskName("judging")
                    .setInitialMax(endless ? -1 : (long) sources * SOURCE_STEPS)
                    .setUnit(sources == 1 ? " video" : " videos", SOURCE_STEPS)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(UPDATE_MS)
                    .setConsumer(new Line(console))
                    .build();
        }

        @Override
        public void at(StreamJob job, long positionMicros, OptionalLong durationMicros) {
            if (durationMicros.isPresent() && durationMicros.getAsLong() > 0) {
                long step = Math.min(SOURCE_STEPS, SOURCE_STEPS * positionMicros / durationMicros.getAsLong());
                steps.put(job, step);
                bar.stepTo(steps.values().stream().mapToLong(Long::longValue).sum());
            }
            bar.setExtraMessage(" " + VerdictLines.moment(positionMicros));
        }

        @Override
        public void close() {
            // The bar would be drawn again.
            if (!closed.getAndSet(true)) {
                bar.close();
            }
        }

        private record Line(Console console) implements ProgressBarConsumer {
            @Override
            public int getMaxRenderedLength() {
                return WIDTH;
            }

            @Override
            public void accept(String line) {
                console.progress(line);
            }

            @Override
            public void close() {
                console.endProgress();
            }
        }
    }
}
