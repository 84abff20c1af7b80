package io.unmask.detector.serve;

import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.StreamState.State;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictIds;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tells the followers of a file that its last clip is on the clips' topic, so that the file need not be read again.
 * Thread-safe.
 */
final class HandedOver implements Followers {
    private final VerdictIds ids;
    private final Clock clock;
    private final Map<Verdict.Stream, Consumer<Outcome>> followers = new ConcurrentHashMap<>();

    HandedOver(VerdictIds ids, Clock clock) {
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public void follow(Verdict.Stream stream, Consumer<Outcome> follower) {
        followers.merge(stream, follower, Consumer::andThen);
    }

    /** The stream's last event has reached the topic. */
    void safe(Verdict.Stream stream, SourceEnded end) {
        Consumer<Outcome> follower = followers.remove(stream);
        if (follower != null) {
            State state = end.failure().isPresent() ? State.FAILED : State.ENDED;
            follower.accept(new Outcome.Changed(new StreamState(
                    ids.state(stream, state, end.endMicros()),
                    stream,
                    0,
                    state,
                    end.failure().orElse(""),
                    end.endMicros(),
                    clock.instant(),
                    end.coverage())));
        }
    }
}
