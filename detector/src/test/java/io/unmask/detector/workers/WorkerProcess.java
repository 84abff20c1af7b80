package io.unmask.detector.workers;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.detector.serve.ServeRun;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A process of the service that judges clips, by the tiny model. */
public final class WorkerProcess {
    private WorkerProcess() {}

    /** @param arguments settings, as in {@code clip.hop=2} */
    public static void main(String[] arguments) throws Exception {
        boolean done = new ServeRun(request(settings(arguments)), new Silent()).run();
        System.exit(done ? 0 : 1);
    }

    static Settings settings(String[] arguments) {
        Map<String, String> overrides = new HashMap<>();
        for (String argument : arguments) {
            overrides.put(argument.substring(0, argument.indexOf('=')), argument.substring(argument.indexOf('=') + 1));
        }
        return settings(overrides);
    }

    static ServeRun.Request request(Settings settings) {
        return new ServeRun.Request(
                settings, Optional.empty(), () -> settings, new SimpleMeterRegistry(), "test", service -> () -> {});
    }

    static Settings settings(Map<String, String> overrides) {
        return SettingsLoader.ofService()
                .load(new SettingsSources(
                        Optional.empty(), Map.of(), Map.of("user.home", System.getProperty("user.home")), overrides))
                .settings();
    }

    /** What the tiny model needs, at this broker. */
    static Map<String, String> settings(Path data, Path model, Map<String, Object> connection) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "data-directory", data.toString(),
                "model.directory", model.toString(),
                "clip.frames", "4",
                "clip.hop", "2",
                "clip.min-frames", "2",
                "model.batch-clips", "4",
                "workers.partitions", "6",
                "serve.watch-interval-ms", "200"));
        settings.put("workers.role", "score");
        connection.forEach((name, value) -> settings.put(
                name.equals("bootstrap.servers") ? "kafka.bootstrap-servers" : "kafka.properties." + name,
                value.toString()));
        return settings;
    }

    static Process start(Map<String, String> settings, Path log) throws IOException {
        return start(WorkerProcess.class, settings, log);
    }

    static Process start(Class<?> program, Map<String, String> settings, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx512m",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + log.toAbsolutePath().getParent(), // one that is killed leaves nothing elsewhere
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        settings.forEach((key, value) -> command.add(key + "=" + value));
        File output = log.toFile();
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
    }

    /** Says what the run says, where the test's log is read. */
    static final class Silent implements ServeRun.Listener {
        @Override
        public void note(String line) {
            System.out.println(line);
        }

        @Override
        public void trouble(String message) {
            System.out.println("trouble: " + message);
        }
    }
}
