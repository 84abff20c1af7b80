package io.unmask.samples;

import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The defaults, whatever the machine's environment says. */
public final class TestSettings {
    private TestSettings() {}

    public static Settings in(Path home) {
        Map<String, String> overrides = Map.of("data-directory", home.toString(), "broker.port", "" + freePort());
        Map<String, String> properties = Map.of("user.home", home.toString());
        return SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), properties, overrides))
                .settings();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
