package io.unmask.detector.cli;

import io.unmask.config.Settings;
import io.unmask.detector.federate.Member;
import io.unmask.detector.federate.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that takes part in a federation. */
final class FederationOptions {
    static final String NAMES = "must be of letters, digits, '.', '_' and '-', at most 64, and not begin with '.'";

    @Mixin
    private SettingsOptions settings;

    @Option(
            names = "--name",
            paramLabel = "N",
            required = true,
            description = "Name of the federation: letters, digits and . _ -")
    private String name;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Keys, and what a restart needs; default: federation/N in the data directory.")
    private Optional<Path> state = Optional.empty();

    @Option(
            names = {"-b", "--bootstrap-servers"},
            paramLabel = "HOST:PORT,...",
            description = "Meet on this Kafka instead of the embedded broker.")
    private Optional<String> bootstrapServers = Optional.empty();

    String name() {
        requireName();
        return name;
    }

    private void requireName() {
        if (!Member.isName(name)) {
            throw new CommandFailure(ExitCode.USAGE, "--name " + name + ": " + NAMES);
        }
    }

    /** Reads the settings. A bad name ends the command here, before a broker is started for it. */
    Settings load(Map<String, String> more) {
        requireName();
        Map<String, String> overrides = new LinkedHashMap<>(more);
        bootstrapServers.ifPresent(value -> overrides.put("kafka.bootstrap-servers", value));
        return settings.load(overrides);
    }

    Path folder(Settings service) {
        return state.orElseGet(
                () -> service.dataDirectory().resolve("federation").resolve(name()));
    }

    SiteKeys keys(Settings service) {
        try {
            return SiteKeys.in(folder(service));
        } catch (IOException e) {
            throw CommandFailure.of(e);
        }
    }
}
