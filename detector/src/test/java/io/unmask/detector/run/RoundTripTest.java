package io.unmask.detector.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RoundTripTest {
    private static final CloudEvent FIRST = VerdictEvent.of(Verdicts.fake("a", 0));
    private static final CloudEvent SECOND = VerdictEvent.of(Verdicts.fake("a", 1));

    private final Heard heard = new Heard();
    private final RoundTrip trip = new RoundTrip(heard);

    @Test
    void shouldTellOfAnEventOnlyWhenItHasComeBack() {
        trip.published(List.of(FIRST));
        trip.connected();
        trip.published(List.of(SECOND));
        assertThat(heard.events()).isEmpty();

        trip.arrived(List.of(FIRST));

        assertThat(heard.events()).containsExactly(FIRST);
        assertThat(trip.awaitArrivals(Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void shouldTellOfAnEventThatAnEarlierRunHadLeft() {
        trip.connected();
        trip.arrived(List.of(FIRST));
        assertThat(heard.events()).isEmpty();

        trip.published(List.of(FIRST));

        assertThat(heard.events()).containsExactly(FIRST);
        assertThat(trip.awaitArrivals(Duration.ZERO)).isZero();
    }

    @Test
    void shouldTellOfAnEventThatIsSetAsideAndNotWaitForIt() {
        trip.connected();
        trip.published(List.of(FIRST));
        trip.setAside(FIRST.getId());
        trip.setAside(SECOND.getId());
        trip.published(List.of(SECOND));

        assertThat(heard.events()).containsExactly(FIRST, SECOND);
        assertThat(trip.awaitArrivals(Duration.ZERO)).isZero();
    }

    @Test
    void shouldNotWaitAgainForAnEventThatIsPublishedAgain() {
        trip.connected();
        trip.published(List.of(FIRST));
        trip.arrived(List.of(FIRST));

        trip.published(List.of(FIRST));

        assertThat(heard.events()).containsExactly(FIRST, FIRST);
        assertThat(trip.awaitArrivals(Duration.ZERO)).isZero();
    }

    @Test
    void shouldTellOfEverythingOnceWhenItIsGivenUp() {
        trip.published(List.of(FIRST));
        trip.giveUp("no broker");
        trip.giveUp("no broker still");
        trip.published(List.of(SECOND));

        assertThat(heard.events()).containsExactly(FIRST, SECOND);
        assertThat(heard.troubles()).containsExactly("no broker");
    }

    @Test
    void shouldPassOnTheOldestEventsWhenTooManyDoNotComeBack() {
        trip.connected();
        for (int i = 0; i <= RoundTrip.MAX_AWAITED; i++) {
            trip.published(List.of(
                    CloudEventBuilder.v1(FIRST).withId(String.valueOf(i)).build()));
        }

        assertThat(heard.events()).extracting(CloudEvent::getId).containsExactly("0");
        assertThat(trip.awaitArrivals(Duration.ZERO)).isEqualTo(RoundTrip.MAX_AWAITED);
        for (int i = 0; i <= RoundTrip.MAX_AWAITED; i++) {
            trip.arrived(List.of(
                    CloudEventBuilder.v1(FIRST).withId(String.valueOf(i)).build()));
        }
        assertThat(trip.awaitArrivals(Duration.ZERO)).isZero();
    }
}
