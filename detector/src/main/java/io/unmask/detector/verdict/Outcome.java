package io.unmask.detector.verdict;

import io.cloudevents.CloudEvent;
import io.unmask.detector.verdict.StreamState.State;

/** What the pipeline has to tell of a stream. */
public sealed interface Outcome {
    Verdict.Stream stream();

    /** The outcome as it is published. */
    CloudEvent event();

    /** Whether nothing of the stream follows. */
    boolean isLast();

    /** Something was judged, or found impossible to judge. */
    record Judged(Verdict verdict) implements Outcome {
        @Override
        public Verdict.Stream stream() {
            return verdict.stream();
        }

        @Override
        public CloudEvent event() {
            return VerdictEvent.of(verdict);
        }

        @Override
        public boolean isLast() {
            return false;
        }
    }

    /** The stream began, stalled, came back or ended. */
    record Changed(StreamState state) implements Outcome {
        @Override
        public Verdict.Stream stream() {
            return state.stream();
        }

        @Override
        public CloudEvent event() {
            return VerdictEvent.of(state);
        }

        @Override
        public boolean isLast() {
            return state.state() == State.ENDED || state.state() == State.FAILED;
        }
    }
}
