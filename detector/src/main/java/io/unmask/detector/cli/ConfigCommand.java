package io.unmask.detector.cli;

import io.unmask.config.LoadedSettings;
import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unmask config}. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        description = "Prints the settings in force and where each was set. Secrets are masked.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  unmask config",
            "  unmask config --validate unmask.yaml",
            "  unmask config --schema > unmask.schema.json"
        })
final class ConfigCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private SettingsOptions settings;

    @ArgGroup
    private Instead instead = new Instead();

    /** What to do instead of printing the settings in force. */
    static final class Instead {
        @Option(names = "--validate", paramLabel = "FILE", description = "Check this file and report every problem.")
        private Optional<Path> validate = Optional.empty();

        @Option(names = "--schema", description = "Print the JSON Schema of the settings file.")
        private boolean schema;

        @Option(names = "--reference", description = "Print a Markdown table of all settings.")
        private boolean reference;
    }

    ConfigCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (instead.validate.isPresent()) {
            return validate(instead.validate.get());
        }
        if (instead.schema) {
            console.printDocument(SettingsLoader.ofService().jsonSchema());
        } else if (instead.reference) {
            console.printDocument(SettingsLoader.ofService().referenceTable());
        } else {
            print(settings.loadWithOrigins(Map.of()));
        }
        return ExitCode.OK;
    }

    /** Checks the file by itself, without the variables and options that would override its settings and hide a fault. */
    private int validate(Path file) {
        Map<String, String> named = new HashMap<>(System.getenv()); // paths in the file may name variables
        named.keySet().removeIf(name -> name.startsWith("UNMASK_"));
        try {
            SettingsLoader.ofService()
                    .load(new SettingsSources(
                            Optional.of(file), named, Map.of("user.home", System.getProperty("user.home")), Map.of()));
        } catch (SettingsException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage(), e);
        }
        console.printPlain(file + ": valid");
        return ExitCode.OK;
    }

    private void print(LoadedSettings<Settings> loaded) {
        int width = loaded.entries().stream()
                .mapToInt(entry -> entry.key().length() + entry.value().length() + 2)
                .filter(length -> length < 60)
                .max()
                .orElse(0);
        for (LoadedSettings.Entry entry : loaded.entries()) {
            String setting = "%s: %s".formatted(entry.key(), entry.value()).stripTrailing();
            console.printPlain(setting + " ".repeat(Math.max(1, width + 2 - setting.length())) + "# " + entry.origin());
        }
    }
}
