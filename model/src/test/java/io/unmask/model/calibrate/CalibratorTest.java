package io.unmask.model.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unmask.model.evaluate.Metrics;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Samples;
import io.unmask.model.evaluate.Scores;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.DoubleStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CalibratorTest {
    private static List<Sample> map(List<Sample> samples, double factor, double shift) {
        return samples.stream().map(s -> s.with(s.logit() * factor + shift)).toList();
    }

    /** Of origins whose clips are of a video each. */
    private static ThresholdForFpr threshold(double rate, double[]... origins) {
        return ThresholdForFpr.of(
                Arrays.stream(origins)
                        .map(scores -> new ThresholdForFpr.Origin(scores, scores.length))
                        .toList(),
                rate);
    }

    @Test
    void shouldFindTheTemperatureThatAnOverconfidentModelLacks() {
        // Two normals of deviation 1 that stand 2 apart have the true logit 2x; three times that is overconfident.
        var fit = TemperatureScaling.fit(map(Samples.normal(20_000, 2, 1), 6, 0), false);
        assertThat(fit.temperature()).isCloseTo(3, within(0.1));
        assertThat(fit.bias()).isZero();
    }

    @Test
    void shouldFindTheBiasToo() {
        var fit = TemperatureScaling.fit(map(Samples.normal(20_000, 2, 2), 6, 4.5), true);
        assertThat(fit.temperature()).isCloseTo(3, within(0.1));
        assertThat(fit.bias()).isCloseTo(-1.5, within(0.05));
    }

    @Test
    void shouldWeighALongVideoNoMoreThanAShortOne() {
        var samples = new ArrayList<>(map(Samples.normal(100, 2, 4), 6, 0));
        samples.add(new Sample("long", "p", "set", "clean", "swap", "", -9));
        var once = TemperatureScaling.fit(samples, true);
        samples.addAll(Collections.nCopies(500, samples.get(samples.size() - 1)));
        var often = TemperatureScaling.fit(samples, true);
        assertThat(often.temperature()).isCloseTo(once.temperature(), within(1e-6));
        assertThat(often.bias()).isCloseTo(once.bias(), within(1e-6));
    }

    @Test
    void shouldLeaveNoBetterFitBeside() {
        var samples = map(Samples.normal(300, 1, 3), 4, 1);
        var fit = TemperatureScaling.fit(samples, true);
        double best = smoothedLoss(samples, 1 / fit.temperature(), fit.bias());
        for (double[] step :
                new double[][] {{1e-3, 0}, {-1e-3, 0}, {0, 1e-3}, {0, -1e-3}, {1e-3, 1e-3}, {-1e-3, 1e-3}}) {
            assertThat(smoothedLoss(samples, 1 / fit.temperature() + step[0], fit.bias() + step[1]))
                    .isGreaterThan(best);
        }
    }

    private static double smoothedLoss(List<Sample> samples, double slope, double bias) {
        double sum = 0;
        for (Sample s : samples) {
            double p = 1 / (1 + Math.exp(-(slope * s.logit() + bias)));
            double target = s.fake() ? 301 / 302.0 : 1 / 302.0;
            sum -= target * Math.log(p) + (1 - target) * Math.log(1 - p);
        }
        return sum;
    }

    @Test
    void shouldStayFiniteWhenTheClassesDoNotOverlap() {
        var fit = TemperatureScaling.fit(Samples.of(new double[] {-900, -800}, new double[] {700, 1000}), true);
        assertThat(fit.temperature()).isPositive().isFinite();
        assertThat(fit.bias()).isFinite();
    }

    @Test
    void shouldRefuseAModelThatIsTheWrongWayRound() {
        assertThatThrownBy(() -> TemperatureScaling.fit(Samples.of(new double[] {1, 2}, new double[] {-1, 0}), true))
                .hasMessageContaining("do not rise");
    }

    @Test
    void shouldRefuseAConstantModel() {
        assertThatThrownBy(() -> TemperatureScaling.fit(Samples.of(new double[] {0, 0}, new double[] {0, 0}), true))
                .hasMessageContaining("do not rise");
    }

    @Test
    void shouldRefuseASetOfOneClass() {
        assertThatThrownBy(() -> TemperatureScaling.fit(Samples.of(new double[] {1}, new double[] {}), true))
                .hasMessage("calibration needs both classes, not 1 authentic and 0 fake clips");
    }

    @Test
    void shouldAllowExactlyTheRequestedFalseAlarms() {
        double[] scores = DoubleStream.iterate(0, x -> x + 0.01).limit(100).toArray();
        var threshold = threshold(0.29, scores);
        assertThat(threshold.achievedFpr()).isEqualTo(0.29);
        assertThat(threshold.threshold()).isEqualTo(Math.nextUp(scores[70]));
    }

    @Test
    void shouldLetNoneOfTheTiedScoresThroughWhenOneIsTooMany() {
        var threshold = threshold(0.4, new double[] {0.1, 0.7, 0.7, 0.7, 0.9});
        assertThat(threshold).isEqualTo(new ThresholdForFpr(Math.nextUp(0.7), 0.2));
    }

    @Test
    void shouldRefuseARateThatNoThresholdReaches() {
        assertThatThrownBy(() -> threshold(0.3, new double[] {1, 1, 0.5})).hasMessageContaining("have p_fake = 1");
    }

    @Property(tries = 300)
    void shouldNeverExceedTheRequestedRate(
            @ForAll @Size(min = 1, max = 60) List<@DoubleRange(min = 0, max = 0.9) Double> scores,
            @ForAll @DoubleRange(min = 0, max = 0.99) double requested) {
        double[] values = scores.stream().mapToDouble(Double::doubleValue).toArray();
        var threshold = threshold(requested, values);
        assertThat(threshold.achievedFpr()).isLessThanOrEqualTo(requested + 1e-9);
        double nextLower = Arrays.stream(values)
                .filter(v -> v < threshold.threshold())
                .max()
                .orElseThrow();
        long ifLower = Arrays.stream(values).filter(v -> v >= nextLower).count();
        assertThat((double) ifLower / values.length).isGreaterThan(requested);
    }

    @Test
    void shouldLetTheWorstOriginHaveNoMoreThanTwiceTheRequestedRate() {
        double[] easy = DoubleStream.iterate(0, x -> x + 0.001).limit(100).toArray();
        double[] hard = DoubleStream.iterate(0.5, x -> x + 0.001).limit(100).toArray();
        double[] few = {0.99};
        var threshold = threshold(0.05, easy, easy, easy, hard);
        assertThat(threshold.threshold()).as("ten of a hundred").isEqualTo(Math.nextUp(hard[89]));
        assertThat(threshold.achievedFpr()).isCloseTo(0.025, within(1e-9));
        assertThat(threshold(0.4, easy, few, easy).threshold())
                .as("an origin of one video counts in the mean alone")
                .isLessThan(0.1);
    }

    @Test
    void shouldWeighEveryToolAndOriginAlike() {
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < 90; i++) {
            samples.add(new Sample("v" + i, "p" + i, "set", "clean", "large tool", "", 1));
        }
        samples.add(new Sample("w", "q", "set", "clean", "small tool", "", 2));
        samples.add(new Sample("x", "r", "set", "clean", "", "camera", -1));
        double[] weights = Weights.of(samples);
        assertThat(weights[0]).isCloseTo(0.25 / 90, within(1e-12));
        assertThat(weights[90]).isCloseTo(0.25, within(1e-12));
        assertThat(weights[91]).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void shouldPoolTheSpreadByDegreesOfFreedom() {
        // Squares 2 of one degree, 8 of two, none of a single clip.
        assertThat(PooledDeviation.of(List.of(new double[] {1, 3}, new double[] {5, 7, 9}, new double[] {100})))
                .isCloseTo(Math.sqrt((2 + 8) / 3.0), within(1e-12));
    }

    @Test
    void shouldRefuseASpreadOfSingleClips() {
        assertThatThrownBy(() -> PooledDeviation.of(List.of(new double[] {1}, new double[] {2})))
                .hasMessageContaining("none of 2 videos has two clips");
    }

    @Test
    void shouldBuildACalibrationThatHoldsWhatItSays() {
        var samples = new ArrayList<Sample>();
        for (Sample s : map(Samples.normal(2000, 2, 4), 6, 1)) {
            samples.add(s);
            samples.add(new Sample(s.video(), s.person(), s.group(), "crf32", s.manipulation(), "", s.logit() + 0.6));
        }
        var calibration = new Calibrator(0.05, "d".repeat(64), LocalDate.of(2026, 11, 21)).fit(samples);

        var scores =
                Scores.of(samples.stream().map(s -> s.calibrated(calibration)).toList());
        var metrics = Metrics.of(scores, calibration.threshold());
        assertThat(metrics.get("bpcer")).isEqualTo(calibration.expectedFpr()).isLessThanOrEqualTo(0.05);
        assertThat(metrics.get("ece")).isEqualTo(calibration.ece()).isLessThan(0.05);
        assertThat(metrics.get("brier")).isEqualTo(calibration.brier());
        assertThat(calibration.spread()).isCloseTo(0.6 / Math.sqrt(2) / calibration.temperature(), within(1e-9));
        assertThat(calibration.method()).isEqualTo("temperature+bias");
    }
}
