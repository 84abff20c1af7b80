package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PresentationClockTest {
    private static final long FRAME = 40_000;

    private static long[] times(PresentationClock clock, long... stamps) throws SourceException {
        long[] times = new long[stamps.length];
        for (int i = 0; i < stamps.length; i++) {
            long following = i + 1 < stamps.length ? stamps[i + 1] : PresentationClock.UNKNOWN;
            times[i] = clock.next(stamps[i], 0, () -> following);
        }
        return times;
    }

    @Test
    void shouldCountFromTheSourcesStart() throws SourceException {
        assertThat(times(new PresentationClock(1_400_000, FRAME), 1_400_000, 1_440_000, 1_500_000))
                .containsExactly(0, 40_000, 100_000);
    }

    @Test
    void shouldCountFromTheFirstStampWhenTheStartIsUnknown() throws SourceException {
        assertThat(times(new PresentationClock(PresentationClock.UNKNOWN, FRAME), 9_000_000_000L, 9_000_040_000L))
                .containsExactly(0, 40_000);
    }

    @Test
    void shouldGoOnByTheFramesDurationWhenStampsAreMissing() throws SourceException {
        long none = PresentationClock.UNKNOWN;
        assertThat(times(new PresentationClock(none, FRAME), none, none, none)).containsExactly(0, 40_000, 80_000);
    }

    @Test
    void shouldGoOnWithoutAHoleWhenTheStampsStartAgain() throws SourceException {
        assertThat(times(new PresentationClock(0, FRAME), 0, 5_000_000, 10_000_000, 0, 40_000, 80_000))
                .containsExactly(0, 5_000_000, 10_000_000, 10_040_000, 10_080_000, 10_120_000);
    }

    @Test
    void shouldReturnToTheTrueTimeWhenOneStampIsWild() throws SourceException {
        assertThat(times(new PresentationClock(0, FRAME), 0, 40_000, 7_200_000_000L, 120_000, 160_000))
                .containsExactly(0, 40_000, 80_000, 120_000, 160_000);
    }

    @Test
    void shouldKeepAHoleOfAnySize() throws SourceException {
        long day = 86_400_000_000L;
        assertThat(times(new PresentationClock(0, FRAME), 0, 40_000, 90_000_000, 90_040_000, day, day + 40_000))
                .containsExactly(0, 40_000, 90_000_000, 90_040_000, day, day + 40_000);
    }

    @Test
    void shouldGoOnWithTheTimeThatWentByWhenALiveSourcesStampsStartAgain() throws SourceException {
        AtomicLong nanos = new AtomicLong();
        PresentationClock clock = PresentationClock.ofLive(FRAME, nanos::get);
        long[] stamps = {50_000_000, 50_040_000, 7_000_000, 7_040_000, 207_000_000, 207_040_000};
        long[] arrivalMillis = {0, 40, 6_040, 6_080, 36_080, 36_120};
        for (int i = 0; i < stamps.length; i++) {
            nanos.set(arrivalMillis[i] * 1_000_000);
            assertThat(clock.next(stamps[i], 0, () -> PresentationClock.UNKNOWN))
                    .isEqualTo(arrivalMillis[i] * 1_000);
        }
    }

    @Test
    void shouldNotHurryALiveSourcesFramesThatComeAtOnce() throws SourceException {
        PresentationClock clock = PresentationClock.ofLive(FRAME, () -> 0);
        for (int i = 0; i < 4; i++) {
            assertThat(clock.next(i < 2 ? 90_000_000 + i * FRAME : i * FRAME, 0, () -> PresentationClock.UNKNOWN))
                    .isEqualTo(i * FRAME);
        }
    }

    @Test
    void shouldKeepALongGapWhenTheFramesDurationTellsIt() throws SourceException {
        PresentationClock clock = new PresentationClock(0, FRAME);
        assertThat(clock.next(0, 50_000_000, () -> PresentationClock.UNKNOWN)).isZero();
        assertThat(clock.next(50_000_000, 50_000_000, () -> PresentationClock.UNKNOWN))
                .isEqualTo(50_000_000);
        assertThat(clock.next(100_000_000, 0, () -> PresentationClock.UNKNOWN)).isEqualTo(100_000_000);
    }

    @Property
    void shouldRiseStrictlyFromZeroOnWhateverTheStampsAre(@ForAll long start, @ForAll List<Long> stamps)
            throws SourceException {
        PresentationClock clock = new PresentationClock(start, FRAME);
        long last = -1;
        for (int i = 0; i < stamps.size(); i++) {
            long following = i + 1 < stamps.size() ? stamps.get(i + 1) : PresentationClock.UNKNOWN;
            long time = clock.next(stamps.get(i), 0, () -> following);
            assertThat(time).isGreaterThan(last);
            last = time;
        }
    }
}
