package io.unmask.detector.serve;

import io.unmask.detector.pipeline.OutcomeSink;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.run.ServingModel;
import java.util.function.Consumer;

/**
 * Changes the models of a process that judges what it reads.
 *
 * @param shadowSink takes what a model on probation finds
 */
record PipelinesModels(Pipeline pipeline, OutcomeSink shadowSink) implements Models.Judge {
    @Override
    public void replace(ServingModel model, Consumer<String> failed) {
        pipeline.replaceModel(model.loadBeside(), failed);
    }

    @Override
    public void shadow(ServingModel model, Consumer<String> failed) {
        pipeline.shadowModel(model.loadBeside(), shadowSink, failed);
    }

    @Override
    public void withoutShadow() {
        pipeline.withoutShadow();
    }
}
