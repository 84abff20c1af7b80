package io.unmask.model.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unmask.model.evaluate.LabelledClip;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.spec.Calibration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelCalibratorTest {
    private static final List<String> LABELS = List.of("silent", "speaking", "chewing");

    @Test
    void shouldFindTheTemperatureThatLogitsWereHeatedBy() {
        double temperature = LabelTemperature.fit(LABELS, drawn(6_000, 3, 1));
        assertThat(temperature).isCloseTo(3, within(0.15));
    }

    @Test
    void shouldTemperTwoLabelsAsRealAndFake() {
        var random = new Random(4);
        var clips = new ArrayList<LabelledClip>();
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < 400; i++) {
            int label = i % 2;
            double logit = 4 * random.nextGaussian() + (label == 1 ? 3 : -3);
            clips.add(clip("v" + i, label, 0, logit));
            samples.add(new Sample("v" + i, "v" + i, "", "clean", label == 1 ? "swap" : "", "", logit));
        }
        assertThat(LabelTemperature.fit(List.of("a", "b"), clips))
                .isCloseTo(TemperatureScaling.fit(samples, false).temperature(), within(1e-6));
    }

    @Test
    void shouldHaveAFiniteFitWhereLabelsAreSeparable() {
        var clips = List.of(clip("a", 0, 900, 0, -10), clip("b", 1, 0, 800, 5), clip("c", 2, 0, 0, 700));
        assertThat(LabelTemperature.fit(LABELS, clips)).isBetween(1.0, 10_000.0);
    }

    @Test
    void shouldNotLetALongVideoOutweighTheOthers() {
        var once = drawn(60, 2, 7);
        var often = new ArrayList<>(once);
        for (int i = 0; i < 500; i++) {
            often.add(once.get(0));
        }
        assertThat(LabelTemperature.fit(LABELS, often)).isCloseTo(LabelTemperature.fit(LABELS, once), within(1e-9));
    }

    @Test
    void shouldSayWhyItCannotBeDone() {
        assertThatThrownBy(() -> LabelTemperature.fit(LABELS, List.of(clip("a", 0, 1, 0, 0), clip("b", 1, 0, 1, 0))))
                .hasMessage("calibration needs all labels: no clip is chewing");
        assertThatThrownBy(() -> LabelTemperature.fit(
                        LABELS, List.of(clip("a", 0, 0, 5, 0), clip("b", 1, 5, 0, 0), clip("c", 2, 5, 5, 0))))
                .hasMessageStartingWith("the right label's logit is not the largest one as a rule");
    }

    @Test
    void shouldDescribeTheCalibrationSet() {
        var clips = new ArrayList<LabelledClip>();
        for (int face = 0; face < 30; face++) {
            int label = face % 3;
            double[] one = {0, 0, 0};
            one[face < 3 ? (label + 1) % 3 : label] = 4;
            double[] other = one.clone();
            other[face < 3 ? (label + 1) % 3 : label] = 5;
            clips.add(clip("f" + face, label, one));
            clips.add(clip("f" + face, label, other));
        }

        Calibration fit = new LabelCalibrator(LABELS, "d".repeat(64), LocalDate.of(2026, 11, 29)).fit(clips);

        assertThat(fit.threshold()).isEqualTo(0.5);
        assertThat(fit.bias()).isZero();
        assertThat(fit.expectedFpr()).as("three of thirty faces").isCloseTo(0.1, within(1e-12));
        assertThat(fit.spread())
                .as("the deviation of two logits that differ by 1")
                .isCloseTo(Math.sqrt(0.5) / fit.temperature(), within(1e-9));
        assertThat(fit.ece()).isBetween(0.0, 0.2);
        assertThat(fit.brier())
                .isCloseTo(
                        clips.stream()
                                .mapToDouble(clip -> {
                                    double[] p = Calibration.probabilities(Arrays.stream(clip.logits())
                                            .map(fit::logit)
                                            .toArray());
                                    p[clip.label()] -= 1;
                                    return Arrays.stream(p).map(x -> x * x).sum();
                                })
                                .average()
                                .orElseThrow(),
                        within(1e-12));
    }

    /** Clips whose labels were drawn by the softmax of their logits, which are then multiplied by {@code heat}. */
    private static List<LabelledClip> drawn(int count, double heat, long seed) {
        var random = new Random(seed);
        var clips = new ArrayList<LabelledClip>();
        for (int i = 0; i < count; i++) {
            double[] logits = random.doubles(3, -3, 3).toArray();
            double[] p = Calibration.probabilities(logits);
            double at = random.nextDouble();
            int label = at < p[0] ? 0 : at < p[0] + p[1] ? 1 : 2;
            clips.add(clip(
                    "v" + i, label, Arrays.stream(logits).map(l -> l * heat).toArray()));
        }
        return clips;
    }

    private static LabelledClip clip(String face, int label, double... logits) {
        return new LabelledClip(face, "clean", label, logits, Optional.empty());
    }
}
