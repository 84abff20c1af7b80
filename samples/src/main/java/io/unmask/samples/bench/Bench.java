package io.unmask.samples.bench;

import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a row is given.
 *
 * @param pairs to measure
 * @param threads of each native library, on both sides
 * @param work a folder that is empty at the start and deleted at the end
 * @param home the repository
 * @param peer peer.py
 */
record Bench(int pairs, int threads, Path work, Path home, Path peer, Videos videos, Tool ffmpeg, Tool python) {

    /** The defaults, whatever this user has set, with both sides' number of threads. */
    Settings settings(Map<String, String> overrides) {
        Map<String, String> all = new LinkedHashMap<>(overrides());
        all.put("source.decoder-threads", "" + threads);
        all.putAll(overrides);
        Map<String, String> home = Map.of("user.home", work.toString());
        return SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), home, all))
                .settings();
    }

    /** The same for another process, but for the decoder's threads: peer.py leaves its decoder's own to OpenCV, too. */
    Map<String, String> overrides() {
        return Map.of(
                "data-directory",
                work.resolve("data").toString(),
                "model.threads",
                "" + threads,
                "broker.port",
                "" + freePort());
    }

    /** The user's broker may hold the usual one. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
