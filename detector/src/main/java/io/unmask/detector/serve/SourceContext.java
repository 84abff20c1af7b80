package io.unmask.detector.serve;

import io.unmask.config.Settings;
import io.unmask.config.SourceSpec;
import io.unmask.config.SourceSpecs;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.Verdict;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * What all sources of the service share.
 *
 * @param timer runs tasks one at a time, so that none may take long
 * @param folders runs tasks that list watched folders, whose disks may hang
 * @param owners told which source a stream belongs to, before the stream's first event
 */
record SourceContext(
        Pipeline pipeline,
        ServingModel model,
        Clock clock,
        ScheduledExecutorService timer,
        Executor folders,
        RandomGenerator random,
        Map<String, String> environment,
        Owners owners) {

    /** Knows which source a stream belongs to. */
    interface Owners {
        void owns(String sourceId, Verdict.Stream stream);
    }

    /** @throws RefusedException when this process reads no sources */
    void requireReading() {
        if (Role.of(settings()) == Role.SCORE) {
            throw new RefusedException(
                    "this process judges clips that others hand over and reads no sources; use one whose"
                            + " workers.role is all or ingest");
        }
    }

    Settings settings() {
        return model.settings();
    }

    /** The model under the common settings, overridden by the source's own and, above those, by {@code fixed}. */
    ServingModel modelFor(SourceSpec spec, Map<String, String> fixed) {
        Map<String, String> own = new HashMap<>(spec.settings());
        own.putAll(fixed);
        SourceSpec changed = new SourceSpec(
                spec.id(), spec.uri(), spec.username(), spec.passwordEnv(), spec.passwordFile(), spec.paused(), own);
        return model.withSettings(SourceSpecs.settingsFor(settings(), changed));
    }
}
