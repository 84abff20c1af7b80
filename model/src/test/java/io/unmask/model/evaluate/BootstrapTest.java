package io.unmask.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final Bootstrap BOOTSTRAP = new Bootstrap(2000, 0.95, 7);

    private static Map<String, Double> mean(List<Sample> samples) {
        return Map.of(
                "mean", samples.stream().mapToDouble(Sample::logit).average().orElseThrow());
    }

    @Test
    void shouldGiveTheIntervalThatTheoryGivesForAMean() {
        var samples = Samples.normal(400, 0, 1);
        var interval = BOOTSTRAP.intervals(samples, BootstrapTest::mean).get("mean");
        double mean = mean(samples).get("mean");
        double margin = 1.96 / Math.sqrt(800);
        assertThat(interval.low()).isCloseTo(mean - margin, within(0.01));
        assertThat(interval.high()).isCloseTo(mean + margin, within(0.01));
    }

    @Test
    void shouldGiveTheSameForTheSameSeed() {
        var samples = Samples.normal(50, 1, 2);
        assertThat(BOOTSTRAP.intervals(samples, BootstrapTest::mean))
                .isEqualTo(BOOTSTRAP.intervals(samples, BootstrapTest::mean))
                .isNotEqualTo(new Bootstrap(2000, 0.95, 8).intervals(samples, BootstrapTest::mean));
    }

    @Test
    void shouldNotMistakeManyClipsOfAPersonForManyPersons() {
        var once = Samples.normal(20, 1, 3);
        var tenTimes = new ArrayList<Sample>();
        for (int i = 0; i < 10; i++) {
            tenTimes.addAll(once);
        }
        var expected = BOOTSTRAP.intervals(once, BootstrapTest::mean).get("mean");
        var interval = BOOTSTRAP.intervals(tenTimes, BootstrapTest::mean).get("mean");
        assertThat(interval.low()).isCloseTo(expected.low(), within(1e-12));
        assertThat(interval.high()).isCloseTo(expected.high(), within(1e-12));
    }

    @Test
    void shouldKeepBothClassesInEachDraw() {
        var samples = Samples.of(new double[] {0, 1, 2}, new double[] {3, 4});
        assertThat(BOOTSTRAP.intervals(samples, drawn -> {
                    assertThat(drawn).hasSize(5).filteredOn(Sample::fake).hasSize(2);
                    return mean(drawn);
                }))
                .isNotEmpty();
    }

    @Test
    void shouldClaimNothingAboutOnePerson() {
        assertThat(BOOTSTRAP.intervals(Samples.of(new double[] {1}, new double[] {}), BootstrapTest::mean))
                .isEmpty();
        assertThat(BOOTSTRAP.intervals(Samples.of(new double[] {1, 2}, new double[] {3}), BootstrapTest::mean))
                .as("each draw holds the one fake")
                .isEmpty();
    }
}
