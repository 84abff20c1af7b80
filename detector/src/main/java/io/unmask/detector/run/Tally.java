package io.unmask.detector.run;

import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Kind;
import java.util.HashSet;
import java.util.Set;

/** Counts the verdicts and sources that decide the exit code. Not thread-safe. */
public final class Tally {
    private final Set<String> found = new HashSet<>();
    private int judged;
    private int failed;
    private final Set<String> over = new HashSet<>();

    public void add(Verdict verdict) {
        if (verdict.decision() != Decision.NOT_EVALUABLE) {
            judged++;
        }
        if (verdict.kind() == Kind.TRACK && verdict.face().isPresent()) {
            found.add(verdict.outcome());
        }
    }

    public void add(StreamState state) {
        if (state.state() == StreamState.State.FAILED) {
            failed++;
            over.add(state.stream().uri());
        } else if (state.state() == StreamState.State.ENDED && !state.detail().equals(StreamState.STOPPED)) {
            over.add(state.stream().uri());
        }
    }

    /** Whether some face's final verdict had this {@link Verdict#outcome}. */
    public boolean found(String outcome) {
        return found.contains(outcome);
    }

    /** Whether a source was read to its end, or as far as it can be read. */
    public boolean isOver(String uri) {
        return over.contains(uri);
    }

    /** How many verdicts judged something. */
    public int judged() {
        return judged;
    }

    /** How many sources were not read to their ends. */
    public int failed() {
        return failed;
    }
}
