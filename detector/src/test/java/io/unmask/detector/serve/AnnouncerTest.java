package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.run.Delivery;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.ingest.clip.Coverage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AnnouncerTest {
    private final Feed feed = new Feed();
    private final Feed.Subscription page = feed.subscribe(8).orElseThrow();

    @BeforeEach
    void haveASource() {
        feed.remember("door");
    }

    /** A page that hears of a face's verdict asks at once for the faces that wait for a person. */
    @Test
    void shouldTellTheFeedOnceItsListenerHasDoneItsPart() throws InterruptedException {
        List<Integer> toldBefore = new ArrayList<>();
        Announcer announcer = announcer(
                (source, outcome) -> toldBefore.add(feed.recent(source).size()));

        announcer.accept(List.of(judged()));

        assertThat(toldBefore).containsExactly(0);
        assertThat(page.poll(0)).isPresent();
    }

    @Test
    void shouldTellTheOthersWhenOneFails() throws InterruptedException {
        List<Outcome> followed = new ArrayList<>();
        Announcer announcer = announcer((source, outcome) -> {
            throw new IllegalStateException("the disk is full");
        });
        Outcome.Judged outcome = judged();
        announcer.follow(outcome.verdict().stream(), followed::add);

        announcer.accept(List.of(outcome));

        assertThat(followed).containsExactly(outcome);
        assertThat(page.poll(0)).map(Feed.Item::outcome).contains(outcome);
    }

    @Test
    void shouldKnowWhoseAStreamIsUntilItsNewestSessionIsOver() {
        Announcer announcer = announcer((source, outcome) -> {});
        Verdict.Stream first = new Verdict.Stream("talk", "1", "file:/talk.mp4");
        Verdict.Stream second = new Verdict.Stream("talk", "2", "file:/talk.mp4");
        announcer.owns("folder", first);
        announcer.owns("folder", second);

        announcer.accept(List.of(ended(first)));
        assertThat(announcer.source("talk")).isEqualTo("folder");

        announcer.accept(List.of(ended(second)));
        assertThat(announcer.source("talk")).as("nobody's any more").isEqualTo("talk");
    }

    /** When a file is paused and resumed, its first reading ends after the second has begun. */
    @Test
    void shouldKnowAStreamsSourceUntilAllItsReadingsAreOver() {
        List<Verdict.Stream> over = new ArrayList<>();
        Announcer announcer = announcer(new Ends(over));
        Verdict.Stream stream = new Verdict.Stream("talk", "1", "file:/talk.mp4");
        announcer.owns("folder", stream);
        announcer.owns("folder", stream);

        announcer.accept(List.of(ended(stream)));
        assertThat(announcer.source("talk")).isEqualTo("folder");
        assertThat(over).isEmpty();

        announcer.accept(List.of(ended(stream)));
        assertThat(announcer.source("talk")).isEqualTo("talk");
        assertThat(over).containsExactly(stream);
    }

    @Test
    void shouldTellThatASessionIsOverWhenItsConnectionIsLost() {
        List<Verdict.Stream> over = new ArrayList<>();
        Announcer announcer = announcer(new Ends(over));
        Verdict.Stream stream = new Verdict.Stream("door", "1", "rtsp://camera/door");

        announcer.accept(List.of(changed(stream, StreamState.State.STARTED)));
        assertThat(over).isEmpty();
        announcer.accept(List.of(changed(stream, StreamState.State.STALLED)));
        assertThat(over).containsExactly(stream);
    }

    private static Outcome ended(Verdict.Stream stream) {
        return changed(stream, StreamState.State.ENDED);
    }

    private static Outcome changed(Verdict.Stream stream, StreamState.State state) {
        return new Outcome.Changed(
                new StreamState("id-" + stream.session(), stream, 1, state, "", 0, Instant.EPOCH, Coverage.NONE));
    }

    private Announcer announcer(Announcer.Listener listener) {
        return new Announcer(new Delivery.Unpublished(event -> {}), Optional.empty(), feed, listener);
    }

    private static Outcome.Judged judged() {
        return new Outcome.Judged(Verdicts.fake("door", 1));
    }

    private record Ends(List<Verdict.Stream> over) implements Announcer.Listener {
        @Override
        public void announced(String source, Outcome outcome) {}

        @Override
        public void over(Verdict.Stream stream) {
            over.add(stream);
        }
    }
}
