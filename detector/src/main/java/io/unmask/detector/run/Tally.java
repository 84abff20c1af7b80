package io.unmask.detector.run;

import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Kind;

/** Counts what decides how a run ends. Not thread-safe. */
public final class Tally {
    private boolean fakeFace;
    private int judged;
    private int failed;

    public void add(Verdict verdict) {
        if (verdict.score().isPresent()) {
            judged++;
        }
        fakeFace |= verdict.kind() == Kind.TRACK && verdict.face().isPresent() && verdict.decision() == Decision.FAKE;
    }

    public void add(StreamState state) {
        if (state.state() == StreamState.State.FAILED) {
            failed++;
        }
    }

    /** Whether the final verdict on a face was {@code fake}. */
    public boolean foundFake() {
        return fakeFace;
    }

    /** Verdicts that have a score. */
    public int judged() {
        return judged;
    }

    /** Sources that were not read to their end. */
    public int failed() {
        return failed;
    }
}
