package io.unmask.model.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PrivacyTest {

    /** The order that the accountant takes is the best one: a search over a thousand finds none below. */
    @Property(tries = 50)
    void shouldTakeTheBestOrder(
            @ForAll @DoubleRange(min = 0.3, max = 20) double noise, @ForAll @IntRange(min = 1, max = 200) int rounds) {
        double epsilon = new PrivacyAccountant(noise, 1e-5).epsilon(rounds);
        double best = Double.POSITIVE_INFINITY;
        for (double order = 1.01; order < 1000; order *= 1.01) {
            best = Math.min(best, order * rounds / (2 * noise * noise) + Math.log(1e5) / (order - 1));
        }
        assertThat(epsilon).isLessThanOrEqualTo(best + 1e-9).isCloseTo(best, within(best * 0.01));
    }

    /**
     * Rounds of Gaussian noise are together one of less noise, whose exact delta is known (Balle and Wang, ICML 2018):
     * at the accountant's epsilon it must be no more than was promised.
     */
    @Property(tries = 50)
    void shouldPromiseNoMoreThanIsTrue(
            @ForAll @DoubleRange(min = 0.5, max = 20) double noise, @ForAll @IntRange(min = 1, max = 100) int rounds) {
        double delta = 1e-5;
        double epsilon = new PrivacyAccountant(noise, delta).epsilon(rounds);
        assertThat(exactDelta(epsilon, noise / Math.sqrt(rounds))).isBetween(0.0, delta);
    }

    /** The value of the textbook: one round, noise as large as the norm. */
    @Test
    void shouldCostWhatIsKnownOfOneRound() {
        assertThat(new PrivacyAccountant(1, 1e-5).epsilon(1))
                .isCloseTo(0.5 + Math.sqrt(2 * Math.log(1e5)), within(1e-9));
        assertThat(new PrivacyAccountant(1, 1e-5).epsilon(0)).isZero();
        assertThatThrownBy(() -> new PrivacyAccountant(0, 1e-5)).hasMessageContaining("no privacy by noise of 0.0");
    }

    @Test
    void shouldAddUpToTheNoiseAskedForWhenAQuorumSends() {
        var noise = new GaussianNoise(1.5, 4, 3);
        var random = new Random(5);
        int length = 200_000;
        var sum = new double[length];
        for (int site = 0; site < 3; site++) {
            float[] one = noise.add(new float[length], random);
            for (int i = 0; i < length; i++) {
                sum[i] += one[i];
            }
        }
        double squares = 0;
        for (double value : sum) {
            squares += value * value;
        }
        assertThat(Math.sqrt(squares / length)).isCloseTo(1.5 * 4, within(0.05));
    }

    /** {@code P(L > epsilon) - e^epsilon P(-L > epsilon)} of the privacy loss L, which is normal. */
    private static double exactDelta(double epsilon, double deviation) {
        double half = 1 / (2 * deviation);
        return upper(epsilon * deviation - half) - Math.exp(epsilon) * upper(epsilon * deviation + half);
    }

    /** Upper tail of the standard normal distribution, by Simpson's rule. */
    private static double upper(double from) {
        if (from < -8) {
            return 1;
        }
        int steps = 20_000;
        double width = Math.max(12, 12 - from) / steps;
        double sum = 0;
        for (int i = 0; i <= steps; i++) {
            double x = from + i * width;
            sum += (i == 0 || i == steps ? 1 : i % 2 == 0 ? 2 : 4) * Math.exp(-x * x / 2);
        }
        return sum * width / 3 / Math.sqrt(2 * Math.PI);
    }
}
