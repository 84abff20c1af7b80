package io.unmask.detector.serve;

import io.unmask.detector.run.RunException;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.workers.ClipWorker;
import java.util.Optional;
import java.util.function.Consumer;

/** Changes the model of a process that judges clips of other processes. Thread-safe. */
final class WorkerModels implements Models.Judge {
    private volatile Optional<ClipWorker> worker = Optional.empty();

    /** Sets the worker whose model is changed. It must be set before the first change. */
    void setWorker(ClipWorker working) {
        worker = Optional.of(working);
    }

    @Override
    public void replace(ServingModel model, Consumer<String> failed) {
        worker.orElseThrow().replaceModel(model);
    }

    @Override
    public void shadow(ServingModel model, Consumer<String> failed) {
        throw new RunException.Refused("a shadow judges only where one process reads and judges (workers.role = all);"
                + " promote it when it is to judge here");
    }

    @Override
    public void withoutShadow() {}
}
