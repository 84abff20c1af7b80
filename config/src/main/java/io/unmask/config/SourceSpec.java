package io.unmask.config;

import io.unmask.config.Constraints.Matches;
import io.unmask.config.Constraints.OfSettings;
import io.unmask.config.Constraints.Secret;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of {@code sources}: a source that the service reads for as long as the entry stands.
 *
 * @param id names the source in the service, on the page and in the metrics
 * @param uri as {@code detect} takes it; a folder is watched for new files. It may hold a password, so that it is never
 *     printed
 * @param username user of a network source
 * @param passwordEnv name of the environment variable that holds the password
 * @param passwordFile file whose first line is the password
 * @param paused whether the source is left alone for now
 * @param settings keys of {@code source}, {@code face}, {@code clip}, {@code quality} and {@code verdict} that differ for
 *     this source
 */
public record SourceSpec(
        @Matches(pattern = "[a-z0-9][a-z0-9._-]{0,62}", says = "up to 63 of the characters a-z 0-9 . _ -") String id,
        @Secret String uri,
        Optional<String> username,
        Optional<String> passwordEnv,
        Optional<Path> passwordFile,
        Optional<Boolean> paused,
        @OfSettings Map<String, String> settings) {

    /** Takes a copy of {@code settings}. */
    public SourceSpec {
        settings = Map.copyOf(settings);
    }

    /** Whether it is left alone until somebody resumes it. */
    public boolean startsPaused() {
        return paused.orElse(false);
    }

    /** The same, paused or not. */
    public SourceSpec withPaused(boolean pause) {
        return new SourceSpec(id, uri, username, passwordEnv, passwordFile, Optional.of(pause), settings);
    }

    /** All but the address. */
    @Override
    public String toString() {
        return "SourceSpec[id=%s, username=%s, passwordEnv=%s, passwordFile=%s, paused=%s, settings=%s]"
                .formatted(id, username, passwordEnv, passwordFile, paused, settings);
    }
}
