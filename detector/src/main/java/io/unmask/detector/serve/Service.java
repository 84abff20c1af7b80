package io.unmask.detector.serve;

import io.unmask.config.Settings;
import java.util.Optional;

/**
 * The running service, for those who show it and let people act on it. All of it is thread-safe.
 *
 * @param health whether it is alive and ready
 */
public record Service(
        Settings settings,
        SourceSet sources,
        Feed feed,
        Uploads uploads,
        ReviewQueue reviews,
        Models models,
        Health health) {

    /** What a health check asks. */
    public interface Health {

        /** Empty when the service can judge; else why it cannot. */
        Optional<String> unready();

        /** Takes up how the sources stand now into the metrics. */
        void refreshMeters();
    }
}
