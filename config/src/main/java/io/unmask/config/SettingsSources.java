package io.unmask.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What lies over the packaged defaults, from the weakest to the strongest.
 *
 * @param file that the user named; it must exist. When absent, the one in the user's configuration folder is read if it
 *     is there. The working folder is not searched: a settings file that lies beside a stranger's videos could send the
 *     verdicts elsewhere.
 * @param overrides of the command line, key to value
 */
public record SettingsSources(
        Optional<Path> file,
        Map<String, String> environment,
        Map<String, String> systemProperties,
        Map<String, String> overrides) {

    public SettingsSources {
        environment = Map.copyOf(environment);
        systemProperties = Map.copyOf(systemProperties);
        overrides = Map.copyOf(overrides);
    }

    /** With the environment and the system properties of this process. */
    public static SettingsSources ofProcess(Optional<Path> file, Map<String, String> overrides) {
        Map<String, String> properties = System.getProperties().stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, System::getProperty));
        return new SettingsSources(file, System.getenv(), properties, overrides);
    }

    /** Where a file of that name lies in the user's configuration folder. */
    public Path userFile(String name) {
        String folder = environment.getOrDefault("XDG_CONFIG_HOME", "");
        return (folder.isEmpty() ? home().resolve(".config") : Path.of(folder))
                .resolve("unmask")
                .resolve(name);
    }

    Path home() {
        return Path.of(systemProperties.getOrDefault("user.home", "/")).toAbsolutePath();
    }
}
