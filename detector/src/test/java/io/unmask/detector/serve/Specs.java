package io.unmask.detector.serve;

import io.unmask.config.SourceSpec;
import java.util.Map;
import java.util.Optional;

/** Sources for tests. */
public final class Specs {
    private Specs() {}

    public static SourceSpec of(String id, String uri) {
        return new SourceSpec(
                id, uri, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    }
}
