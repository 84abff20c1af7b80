package io.unmask.detector.serve;

import io.unmask.config.Settings;
import java.util.Optional;

/**
 * The parts of the running service that the HTTP server uses. All of them are thread-safe.
 *
 * @param health whether the service is alive and ready
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

        /** Updates the gauges of the sources. */
        void refreshMeters();
    }
}
