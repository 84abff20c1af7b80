package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SamplerTest {

    @Property(tries = 300)
    void shouldNeverPickMoreThanItsRateNorLeaveAHoleThatTheSourceDoesNotHave(
            @ForAll @DoubleRange(min = 1, max = 30) double fps,
            @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 1, max = 400_000) Integer> gapsMicros) {
        Sampler sampler = new Sampler(fps);
        double interval = 1e6 / fps;
        long time = 0;
        long picked = 0;
        long lastPicked = 0;
        for (int gap : gapsMicros) {
            if (sampler.isDue(time)) {
                picked++;
                lastPicked = time;
            }
            assertThat(time - lastPicked).isLessThanOrEqualTo((long) Math.ceil(interval * 1.125));
            time += gap;
        }
        assertThat(picked).isBetween(1L, (long) (time / interval) + 2);
    }

    @Property(tries = 100)
    void shouldPickEveryFrameWhenStampsOfASlowSourceAreRounded(
            @ForAll @DoubleRange(min = 1, max = 8) double sourceFps, @ForAll @IntRange(max = 10_000) int start) {
        Sampler sampler = new Sampler(8);
        for (int n = start; n < start + 100; n++) {
            assertThat(sampler.isDue(Math.round(n * 1000 / sourceFps) * 1000)).isTrue();
        }
    }

    @Test
    void shouldRefuseARateThatIsNotPositive() {
        assertThatThrownBy(() -> new Sampler(0)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> new Sampler(Double.NaN)).hasMessageContaining("above 0");
    }
}
