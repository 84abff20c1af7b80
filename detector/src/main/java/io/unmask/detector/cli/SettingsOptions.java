package io.unmask.detector.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.unmask.config.LoadedSettings;
import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Options of every command that reads settings. */
final class SettingsOptions {
    /** Silent without {@code -v}, see {@code logback.xml}. */
    private static final List<String> LIBRARIES = List.of("org.apache.kafka", "kafka", "ai.djl", "org.tensorflow");

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Read settings from this file instead of ~/.config/unmask/unmask.yaml.")
    private Path file;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "Set any setting, as in -D clip.hop=4; 'unmask config --reference' lists them.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell more on standard error, with stack traces; -vv for debugging.")
    private boolean[] verbosity = {};

    boolean verbose() {
        return verbosity.length > 0;
    }

    /** The settings file, if there is one. */
    Optional<Path> file() {
        Path path = file == null
                ? SettingsSources.ofProcess(Optional.empty(), Map.of()).userFile("unmask.yaml")
                : file;
        return Optional.of(path).filter(Files::exists);
    }

    /**
     * Reads them anew.
     *
     * @throws SettingsException with every problem
     */
    Settings reload(Map<String, String> options) {
        return read(options).settings();
    }

    Settings load(Map<String, String> options) {
        return loadWithOrigins(options).settings();
    }

    /**
     * Sets the log level, too.
     *
     * @param options settings that have an option of their own
     */
    LoadedSettings<Settings> loadWithOrigins(Map<String, String> options) {
        setLogLevel();
        return orEnd(() -> read(options));
    }

    /** Reads settings of another kind than the service's; problems end the command. */
    static <R extends Record> R read(SettingsLoader<R> loader, Optional<Path> file, Map<String, String> options) {
        return orEnd(() -> loader.load(SettingsSources.ofProcess(file, options)))
                .settings();
    }

    /** The service's own settings, by which faces are cut to learn from, but for the sampling rate. */
    static Settings cuttingAt(double sampleFps) {
        return read(SettingsLoader.ofService(), Optional.empty(), sampledAt(sampleFps));
    }

    /** The setting of the sampling rate. */
    static Map<String, String> sampledAt(double sampleFps) {
        return Map.of("source.sample-fps", Double.toString(sampleFps));
    }

    private static <T> T orEnd(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (SettingsException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage(), e);
        }
    }

    private LoadedSettings<Settings> read(Map<String, String> options) {
        Map<String, String> all = new LinkedHashMap<>(overrides);
        all.putAll(options);
        return SettingsLoader.ofService().load(SettingsSources.ofProcess(Optional.ofNullable(file), all));
    }

    private void setLogLevel() {
        if (verbosity.length > 0) {
            setLevel("io.unmask", verbosity.length == 1 ? Level.INFO : Level.DEBUG);
            LIBRARIES.forEach(name -> setLevel(name, verbosity.length == 1 ? Level.WARN : Level.INFO));
        }
    }

    private static void setLevel(String name, Level level) {
        if (LoggerFactory.getLogger(name) instanceof Logger logger) {
            logger.setLevel(level);
        }
    }
}
