package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;

/** What the pipeline has to tell of a stream. */
public sealed interface Outcome {

    /** Something was judged, or found impossible to judge. */
    record Judged(Verdict verdict) implements Outcome {}

    /** The stream began, stalled, came back or ended. */
    record Changed(StreamState state) implements Outcome {}
}
