package io.unmask.detector.serve;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.detector.pipeline.Outlets;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.model.score.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** What sources stand on, with a tiny model and a pipeline that reads one file at a time and judges nothing. */
final class TestSourceContext implements AutoCloseable {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Queue<Runnable> folders = new ArrayDeque<>();
    private final SourceContext context;

    TestSourceContext(Path folder) throws IOException {
        ServingModel model = ServingModel.open(settings(folder), Clock.systemUTC());
        Pipeline pipeline = new Pipeline(
                model.rules(),
                new Outlets(
                        outcomes -> {}, (job, position, duration) -> {}, FaceWitness.NONE, new SimpleMeterRegistry()),
                new Pipeline.Limits(1, 8, Duration.ofSeconds(1)));
        context = new SourceContext(
                pipeline, model, Clock.systemUTC(), timer, folders::add, new Random(0), Map.of(), (id, stream) -> {});
    }

    SourceContext context() {
        return context;
    }

    /** Looks at folders that wait for the test to run them. */
    Queue<Runnable> folders() {
        return folders;
    }

    private static Settings settings(Path folder) throws IOException {
        Map<String, String> overrides = Map.of(
                "data-directory", folder.resolve("data").toString(),
                "model.directory", TinyModel.write(folder.resolve("model")).toString(),
                "clip.frames", "4",
                "clip.hop", "2",
                "clip.min-frames", "2");
        return SettingsLoader.ofService()
                .load(new SettingsSources(
                        Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), overrides))
                .settings();
    }

    @Override
    public void close() {
        context.pipeline().stop();
        timer.shutdownNow();
    }
}
