package io.unmask.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class SpreadTest {

    @Test
    void shouldTakeTheMiddleOfAnOddNumberAndTheMeanOfTwoOfAnEvenOne() {
        assertThat(Spread.of(List.of(9.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 9));
        assertThat(Spread.of(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(new Spread(3, 1, 9));
    }

    @Test
    void shouldCompareWhatWasMeasuredSideBySide() {
        Measured measured = new Measured(
                "frames/s", List.of(100.0, 10.0, 1.0), List.of(50.0, 20.0, 1.0), Optional.empty(), Map.of());

        // The median of the ratios, not the ratio of the medians, which is 0.5.
        assertThat(measured.ratio()).contains(new Spread(1, 0.5, 2));
        assertThat(measured.figure(Target.ratio(0.95))).contains(1.0);
        assertThat(measured.figure(Target.oursAtLeast(20))).contains(10.0);
    }

    @Test
    void shouldRefuseSidesOfDifferentLength() {
        assertThatIllegalArgumentException().isThrownBy(() -> Spread.ratios(List.of(1.0), List.of()));
    }

    @Test
    void shouldHoldATargetAgainstItsSide() {
        assertThat(Target.ratio(0.95).met(0.95)).isTrue();
        assertThat(Target.oursAtMost(10).met(10.1)).isFalse();
        assertThat(Target.oursAtMost(10).text("s")).isEqualTo("≤ 10 s");
        assertThat(Target.ratio(0.95).text("s")).isEqualTo("ratio ≥ 0.95");
    }

    @Property
    void shouldKeepTheMedianWithinTheRange(
            @ForAll @Size(min = 1, max = 9) List<@DoubleRange(min = 0.01, max = 1e6) Double> values) {
        Spread spread = Spread.of(values);

        assertThat(spread.median()).isBetween(spread.min(), spread.max());
        assertThat(values).contains(spread.min(), spread.max());
    }
}
