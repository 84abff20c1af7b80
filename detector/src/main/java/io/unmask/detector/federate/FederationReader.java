package io.unmask.detector.federate;

import io.unmask.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a coordinator has published, for whoever only looks. */
public final class FederationReader {
    private FederationReader() {}

    /** Every round, as its last stage left it, in order; empty when there is no such federation. */
    public static List<Round> rounds(String federation, Settings.Kafka kafka, Map<String, Object> connection) {
        Optional<FederationLink> found = FederationLink.openExisting(kafka, connection);
        if (found.isEmpty()) {
            return List.of();
        }
        try (FederationLink link = found.get()) {
            return List.copyOf(FederationState.read(federation, Optional.empty(), link)
                    .rounds()
                    .values());
        }
    }
}
