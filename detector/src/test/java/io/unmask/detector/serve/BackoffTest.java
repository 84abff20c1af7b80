package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    @Test
    void shouldDoubleUpToTheBoundAndVaryByHalf() {
        Backoff backoff = new Backoff(30_000, new Random(1));

        assertThat(IntStream.range(0, 100).mapToLong(i -> backoff.pauseMs(1))).allMatch(ms -> ms >= 125 && ms <= 250);
        assertThat(IntStream.range(0, 100).mapToLong(i -> backoff.pauseMs(4)))
                .allMatch(ms -> ms >= 1000 && ms <= 2000)
                .doesNotContainSequence(2000L, 2000L);
        assertThat(backoff.pauseMs(1_000_000)).isBetween(15_000L, 30_000L);
    }
}
