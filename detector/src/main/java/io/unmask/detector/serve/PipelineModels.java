package io.unmask.detector.serve;

import io.unmask.detector.pipeline.OutcomeSink;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.run.ServingModel;
import java.util.function.Consumer;

/**
 * Changes the models of a process that judges what it reads.
 *
 * @param shadowSink takes the shadow model's outcomes
 */
record PipelineModels(Pipeline pipeline, OutcomeSink shadowSink) implements Models.Judge {
    @Override
    public void replace(ServingModel model, Consumer<String> failed) {
        pipeline.replaceModel(model.loadWithRules(), failed);
    }

    @Override
    public void shadow(ServingModel model, Consumer<String> failed) {
        pipeline.shadowModel(model.loadWithRules(), shadowSink, failed);
    }

    @Override
    public void withoutShadow() {
        pipeline.withoutShadow();
    }
}
