package io.unmask.detector.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.ingest.clip.Coverage;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class TallyTest {
    private final Tally tally = new Tally();

    @Test
    void shouldCallAFakeFaceFoundAndNoFakeClip() {
        tally.add(Verdicts.fake("camera", 1));
        assertThat(tally.found("fake")).isFalse();

        tally.add(face("today"));
        assertThat(tally.found("fake")).isTrue();
        assertThat(tally.judged()).isEqualTo(2);
    }

    @Test
    void shouldCountSourcesThatWereNotReadToTheirEnd() {
        tally.add(state(StreamState.State.ENDED));
        assertThat(tally.failed()).isZero();

        tally.add(state(StreamState.State.FAILED));
        assertThat(tally.failed()).isEqualTo(1);
    }

    @Test
    void shouldKnowWhichSourcesWereCutShort() {
        tally.add(state(StreamState.State.STARTED, ""));
        tally.add(state(StreamState.State.ENDED, StreamState.STOPPED));
        assertThat(tally.isOver("rtsp://camera")).isFalse();

        tally.add(state(StreamState.State.ENDED, ""));
        assertThat(tally.isOver("rtsp://camera")).isTrue();
    }

    private static Verdict face(String session) {
        return Verdicts.fakeTrack(stream(session));
    }

    private static StreamState state(StreamState.State state) {
        return state(state, "");
    }

    private static StreamState state(StreamState.State state, String detail) {
        return new StreamState(
                "id", stream("today"), 2, state, detail, 0, Instant.EPOCH, new Coverage(1, 1, 1, 0, 0, 0));
    }

    private static Verdict.Stream stream(String session) {
        return new Verdict.Stream("camera", session, "rtsp://camera");
    }
}
