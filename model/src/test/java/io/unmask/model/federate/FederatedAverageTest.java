package io.unmask.model.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FederatedAverageTest {
    private static final TensorLayout LAYOUT = new TensorLayout(List.of(
            new TensorLayout.Tensor("a.kernel", List.of(2L, 2L), false),
            new TensorLayout.Tensor("a.mean", List.of(2L), true)));

    @Test
    void shouldWeightEachSiteByItsCappedExamples() {
        double ten = FederatedAverage.weight(10, 1000);
        double million = FederatedAverage.weight(1_000_000, 1000);
        float[] mean = FederatedAverage.mean(
                FederatedAverage.sum(List.of(
                        FederatedAverage.weighted(new float[] {1}, ten),
                        FederatedAverage.weighted(new float[] {2}, million))),
                ten + million);

        assertThat(mean[0]).isCloseTo((10 * 1f + 1000 * 2f) / 1010, within(1e-6f));
        assertThatThrownBy(() -> FederatedAverage.weight(0, 1000)).hasMessageContaining("at least one");
    }

    @Property(tries = 200)
    void shouldKeepTheBoundOfEachKindAndTheDirection(
            @ForAll @Size(6) List<@FloatRange(min = -100, max = 100) Float> values) {
        var update = new float[6];
        for (int i = 0; i < 6; i++) {
            update[i] = values.get(i);
        }
        var bounds = new ClipBounds(3, 5);
        var before = ClipBounds.norms(LAYOUT, update);
        float[] clipped = bounds.clip(LAYOUT, update);
        var after = ClipBounds.norms(LAYOUT, clipped);

        assertThat(bounds.allow(after)).isTrue();
        assertThat(after.weights()).isCloseTo(Math.min(3, before.weights()), within(1e-4));
        assertThat(after.statistics()).isCloseTo(Math.min(5, before.statistics()), within(1e-4));
        for (int i = 0; i < 4; i++) {
            assertThat(clipped[i] * before.weights()).isCloseTo(update[i] * after.weights(), within(0.05));
        }
    }

    @Test
    void shouldSeeAValueThatIsNoNumber() {
        assertThat(ClipBounds.norms(LAYOUT, new float[] {1, 2, Float.NaN, 4, 5, 6})
                        .finite())
                .isFalse();
        assertThat(ClipBounds.norms(LAYOUT, new float[] {1, 2, 3, 4, Float.POSITIVE_INFINITY, 6})
                        .finite())
                .isFalse();
    }

    @Test
    void shouldBringTensorsBackFromAFlatUpdateAndNameTheOneThatDoesNotFit() {
        var values = Map.of("a.kernel", new float[] {1, 2, 3, 4}, "a.mean", new float[] {5, 6});
        float[] flat = LAYOUT.flatten(values);

        assertThat(flat).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(LAYOUT.unflatten(flat)).usingRecursiveComparison().isEqualTo(values);
        assertThatThrownBy(
                        () -> LAYOUT.flatten(Map.of("a.kernel", new float[] {1, 2, 3, 4}, "a.mean", new float[] {5})))
                .hasMessage("a.mean has 1 values, not 2");
        assertThatThrownBy(() -> LAYOUT.unflatten(new float[7])).hasMessageContaining("7 values");
        assertThat(LAYOUT.digest())
                .isNotEqualTo(new TensorLayout(List.of(
                                new TensorLayout.Tensor("a.kernel", List.of(4L), false),
                                LAYOUT.tensors().get(1)))
                        .digest());
    }

    @Property(tries = 300)
    void shouldDecodeASumOfEncodedValuesToWithinTheRoundingThatItNames(
            @ForAll @Size(min = 1, max = 20) List<@FloatRange(min = -7, max = 7) Float> values,
            @ForAll @IntRange(min = 0, max = 5) int spare) {
        var fixed = new FixedPoint(7, values.size() + spare);
        int sum = values.stream().mapToInt(fixed::encode).sum();
        double plain = values.stream().mapToDouble(Float::doubleValue).sum();

        assertThat(fixed.decode(sum)).isCloseTo(plain, within(fixed.rounding() * 1.000001));
    }

    @Test
    void shouldNotOverflowWhenEverySiteSendsTheLargestValue() {
        for (int sites = 1; sites < 100; sites++) {
            var fixed = new FixedPoint(0.1, sites);
            int sum = 0;
            for (int i = 0; i < sites; i++) {
                sum += fixed.encode(1e9);
            }
            assertThat(fixed.decode(sum)).isCloseTo(0.1 * sites, within(fixed.rounding() + 1e-12));
        }
        assertThatThrownBy(() -> new FixedPoint(1, 1).encode(Double.NaN)).hasMessageContaining("no number");
    }
}
