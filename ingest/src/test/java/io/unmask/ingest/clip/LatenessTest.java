package io.unmask.ingest.clip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatenessTest {
    private static final int FPS = 8;
    private static final long FRAME_MICROS = 1_000_000 / FPS;

    private final Lateness lateness = new Lateness();

    /** The lateness of a picture in milliseconds, when it arrives so late. */
    private long arrived(long picture, long delayMs) {
        long now = TimeUnit.MICROSECONDS.toNanos(picture * FRAME_MICROS) + TimeUnit.MILLISECONDS.toNanos(delayMs);
        lateness.arrived(picture * FRAME_MICROS, now);
        return TimeUnit.NANOSECONDS.toMillis(lateness.nanos(picture * FRAME_MICROS, now));
    }

    @Test
    void shouldMeasureAgainstTheQuickestWay() {
        for (int picture = 0; picture < 10 * FPS; picture++) {
            assertThat(arrived(picture, picture % 2 == 0 ? 30 : 50)).isLessThanOrEqualTo(20);
        }
        assertThat(arrived(10 * FPS, 1030)).isEqualTo(1000);
    }

    @Test
    void shouldNotTakeAPortionsFirstPicturesForLate() {
        int portion = 6 * FPS;
        for (int picture = 0; picture < 10 * portion; picture++) {
            int inPortion = picture % portion;
            long untilTheLast = (portion - 1 - inPortion) * FRAME_MICROS / 1000;
            assertThat(arrived(picture, 200 + untilTheLast + inPortion)).isLessThan(100);
        }
    }

    @Test
    void shouldSeeThatPortionsComeLaterThanTheyDid() {
        int portion = 6 * FPS;
        long late = 0;
        for (int picture = 0; picture < 10 * portion; picture++) {
            int inPortion = picture % portion;
            long untilTheLast = (portion - 1 - inPortion) * FRAME_MICROS / 1000;
            long behind = picture < 5 * portion ? 0 : 3000;
            late = Math.max(late, arrived(picture, 200 + untilTheLast + inPortion + behind));
        }
        assertThat(late).isBetween(2900L, 3100L);
    }

    @Test
    void shouldRecoverFromALateStart() {
        arrived(0, 5000);
        for (int picture = 1; picture < 40; picture++) {
            arrived(picture, 5000 - 120L * picture); // catches up at twenty-five times the pace
        }
        for (int picture = 40; picture < 60; picture++) {
            arrived(picture, 200);
        }
        assertThat(arrived(60, 700))
                .as("against the steady way, not the start's")
                .isEqualTo(500);
    }
}
