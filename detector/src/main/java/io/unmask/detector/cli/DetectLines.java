package io.unmask.detector.cli;

import io.cloudevents.CloudEvent;
import io.unmask.detector.pipeline.StreamJob;
import io.unmask.detector.run.DetectRun;
import java.util.OptionalLong;

/** Puts what a run of {@code detect} has to say on the console, and ends the run when nobody reads it any more. */
record DetectLines(Console console, ResultView view, DetectProgress progress, Shutdown shutdown)
        implements DetectRun.Listener {
    @Override
    public void arrived(CloudEvent event) {
        view.show(event);
        if (console.outClosed()) {
            // Nobody reads on, as after "| head".
            shutdown.request();
        }
    }

    @Override
    public void trouble(String message) {
        console.error(message);
    }

    @Override
    public void at(StreamJob job, long positionMicros, OptionalLong durationMicros) {
        progress.at(job, positionMicros, durationMicros);
    }

    @Override
    public void judged() {
        progress.close();
    }
}
