package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FeedTest {
    private final Feed feed = new Feed();

    @Test
    void shouldLetASlowListenerMissTheOldestAndTellItHowMany() throws InterruptedException {
        try (Feed.Subscription slow = feed.subscribe(2).orElseThrow()) {
            for (int i = 0; i < 5; i++) {
                publish(i);
            }

            assertThat(slow.poll(0)).map(Feed.Item::number).contains(4L);
            assertThat(slow.poll(0)).map(Feed.Item::number).contains(5L);
            assertThat(slow.poll(0)).isEmpty();
            assertThat(slow.missed()).isEqualTo(3);
            assertThat(slow.missed()).isZero();
        }
    }

    @Test
    void shouldTellAListenerNothingOnceItIsGone() throws InterruptedException {
        Feed.Subscription gone = feed.subscribe(2).orElseThrow();
        gone.close();
        publish(0);

        assertThat(gone.poll(0)).isEmpty();
    }

    @Test
    void shouldRefuseMoreListenersThanItCanBear() {
        for (int i = 0; i < 64; i++) {
            assertThat(feed.subscribe(1)).isPresent();
        }

        assertThat(feed.subscribe(1)).isEqualTo(Optional.empty());
    }

    @Test
    void shouldRememberTheNewestOfASourceUntilItIsForgotten() {
        feed.remember("door");
        for (int i = 0; i < 300; i++) {
            publish(i);
        }

        assertThat(feed.recent("door"))
                .hasSize(240)
                .last()
                .extracting(Feed.Item::number)
                .isEqualTo(300L);
        feed.forget("door");
        publish(300);
        assertThat(feed.recent("door")).as("what was still judged of it").isEmpty();
    }

    private void publish(int number) {
        Verdict verdict = Verdicts.fake("door", number);
        feed.publish("door", new Outcome.Judged(verdict), VerdictEvent.of(verdict), false);
    }
}
