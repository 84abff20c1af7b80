package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.Outcome;
import java.util.List;

/** Takes outcomes as they are reached; when it returns, they are safe. Called by one thread at a time. */
@FunctionalInterface
public interface OutcomeSink {

    /** @param outcomes at least one, in order within each stream */
    void accept(List<Outcome> outcomes);
}
