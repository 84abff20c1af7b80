package io.unmask.detector.cli;

import io.unmask.config.Settings;
import io.unmask.detector.serve.ServeRun;
import io.unmask.detector.web.PrometheusMetrics;
import io.unmask.detector.web.WebServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unmask serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = {
            "Judges the sources of the settings file until it is stopped: files, watched folders, cameras and streams.",
            "It shows them on a page, and takes videos to judge over HTTP. Edits of the file are taken up as they are made."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask serve --config /etc/unmask/unmask.yaml",
            "  unmask serve --role score -D kafka.bootstrap-servers=kafka.example:9092"
        })
final class ServeCommand implements Callable<Integer> {
    private final Console console;
    private final Shutdown shutdown;

    @Mixin
    private SettingsOptions settings;

    @Option(names = "--port", paramLabel = "PORT", description = "Port of the page and the HTTP API; 0 for any.")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--role",
            paramLabel = "all|ingest|score",
            description = {
                "Part of the work that this process does: ingest reads sources and hands their clips over to processes",
                "that score; default: all."
            })
    private Optional<String> role = Optional.empty();

    ServeCommand(Console console, Shutdown shutdown) {
        this.console = console;
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> overrides = new LinkedHashMap<>();
        port.ifPresent(value -> overrides.put("web.port", value.toString()));
        role.ifPresent(value -> overrides.put("workers.role", value));
        Settings effective = settings.load(overrides);
        PrometheusMetrics metrics = new PrometheusMetrics();
        ServeRun run = new ServeRun(
                new ServeRun.Request(
                        effective,
                        settings.file(),
                        () -> settings.reload(overrides),
                        metrics.registry(),
                        Versions.unmask(),
                        service -> WebServer.start(service, metrics, console::note)),
                new Notes());
        shutdown.onRequest(run::stop);
        return run.run() ? ExitCode.OK : ExitCode.FAILURE;
    }

    private final class Notes implements ServeRun.Listener {
        @Override
        public void note(String line) {
            console.note(line);
        }

        @Override
        public void trouble(String message) {
            console.error(message);
        }
    }
}
