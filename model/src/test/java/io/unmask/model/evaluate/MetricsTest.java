package io.unmask.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static Scores scores(double[] authentic, double[] fake) {
        return Scores.of(Samples.of(authentic, fake));
    }

    /** The logit of a probability. */
    private static double of(double p) {
        return Math.log(p / (1 - p));
    }

    @Test
    void shouldCountPairsForTheAreaAndHalfOfATie() {
        // Of the six pairs, 2 > 1, 2 > 0, 3 > 1, 3 > 0, 3 > 2 are right and 2 = 2 is a tie.
        assertThat(Roc.of(scores(new double[] {0, 1, 2}, new double[] {2, 3})).auc())
                .isCloseTo(5.5 / 6, within(1e-12));
    }

    @Test
    void shouldCallAConstantScoreWorthless() {
        var roc = Roc.of(scores(new double[] {1, 1, 1}, new double[] {1, 1}));
        assertThat(roc.auc()).isEqualTo(0.5);
        assertThat(roc.eer()).isEqualTo(0.5);
    }

    @Test
    void shouldFindTheEqualErrorRateOnThePointWhereBothErrorsMeet() {
        // At 2.5, one of four authentic is above and one of four fakes below.
        var roc = Roc.of(scores(new double[] {0, 1, 2, 3}, new double[] {2.2, 4, 5, 6}));
        assertThat(roc.eer()).isCloseTo(0.25, within(1e-12));
    }

    @Test
    void shouldInterpolateTheEqualErrorRateBetweenPoints() {
        // All tie but one fake: from (0, 1/2) straight to (1, 1), which crosses 1 - fpr = tpr at fpr 1/3.
        var roc = Roc.of(scores(new double[] {1, 1}, new double[] {1, 2}));
        assertThat(roc.eer()).isCloseTo(1.0 / 3, within(1e-12));
    }

    @Test
    void shouldWeighPrecisionByTheStepsOfRecall() {
        // From the top: fake, authentic, fake. Precision is 1 at recall 1/2 and 2/3 at recall 1.
        assertThat(Metrics.averagePrecision(scores(new double[] {2}, new double[] {3, 1})))
                .isCloseTo(0.5 + 0.5 * 2 / 3, within(1e-12));
    }

    @Test
    void shouldTakeTiesTogetherForAveragePrecision() {
        assertThat(Metrics.averagePrecision(scores(new double[] {1}, new double[] {1})))
                .isEqualTo(0.5);
    }

    @Test
    void shouldGiveLogLossAndBrierOfTheProbabilities() {
        var scores = scores(new double[] {of(0.2)}, new double[] {of(0.7)});
        assertThat(Metrics.logLoss(scores)).isCloseTo(-(Math.log(0.8) + Math.log(0.7)) / 2, within(1e-12));
        assertThat(Metrics.brier(scores)).isCloseTo((0.04 + 0.09) / 2, within(1e-12));
    }

    @Test
    void shouldKeepLogLossFiniteForASureMistake() {
        assertThat(Metrics.logLoss(scores(new double[] {5000}, new double[] {5000})))
                .isEqualTo(2500);
    }

    @Test
    void shouldWeighBinsByTheirCountForTheCalibrationError() {
        // Three clips at 0.9 of which two are fake, one authentic at 0.1.
        var scores = scores(new double[] {of(0.9), of(0.1)}, new double[] {of(0.9), of(0.9)});
        double expected = 0.75 * (0.9 - 2.0 / 3) + 0.25 * 0.1;
        assertThat(Reliability.of(scores, 15).ece()).isCloseTo(expected, within(1e-12));
    }

    @Test
    void shouldPutAProbabilityOfOneIntoTheLastBin() {
        var bins =
                Reliability.of(scores(new double[] {}, new double[] {1000}), 15).bins();
        assertThat(bins).containsExactly(new Reliability.Bin(1, 1, 1));
    }

    @Test
    void shouldCallFakeFromTheThresholdOn() {
        var confusion = Confusion.of(scores(new double[] {-1, 0, 1}, new double[] {-2, 0}), 0.5);
        assertThat(confusion).isEqualTo(new Confusion(1, 1, 2, 1));
        assertThat(confusion.apcer()).isEqualTo(0.5);
        assertThat(confusion.bpcer()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(confusion.accuracy()).isEqualTo(0.4);
    }

    @Test
    void shouldLeaveOutWhatAMissingClassMakesUndefined() {
        assertThat(Metrics.of(scores(new double[] {}, new double[] {1, 2}), 0.5))
                .containsOnlyKeys("apcer", "log_loss", "brier", "ece");
        assertThat(Metrics.of(scores(new double[] {1, 2}, new double[] {}), 0.5))
                .containsOnlyKeys("bpcer", "log_loss", "brier", "ece");
    }

    @Property(tries = 200)
    void shouldKeepTheOrderMetricsUnderAnyRisingMap(@ForAll("sets") List<Sample> samples) {
        var scores = Scores.of(samples);
        var mapped = Scores.of(
                samples.stream().map(s -> s.with(Math.cbrt(s.logit()) * 7 - 3)).toList());
        assertThat(Roc.of(mapped)).isEqualTo(Roc.of(scores));
        assertThat(Metrics.averagePrecision(mapped)).isEqualTo(Metrics.averagePrecision(scores));
    }

    @Property(tries = 200)
    void shouldMirrorTheAreaWhenClassesAreSwapped(@ForAll("sets") List<Sample> samples) {
        var swapped = Scores.of(samples.stream()
                .map(s -> new Sample(s.video(), s.person(), "", "", s.fake() ? "" : "swap", "", s.logit()))
                .toList());
        assertThat(Roc.of(swapped).auc())
                .isCloseTo(1 - Roc.of(Scores.of(samples)).auc(), within(1e-9));
    }

    @Property(tries = 200)
    void shouldStayWithinTheirRanges(@ForAll("sets") List<Sample> samples) {
        var metrics = Metrics.of(Scores.of(samples), 0.5);
        assertThat(metrics).hasSize(9);
        for (String share : List.of("auc", "eer", "ap", "apcer", "bpcer", "accuracy", "brier", "ece")) {
            assertThat(metrics.get(share)).as(share).isBetween(0.0, 1.0);
        }
        assertThat(metrics.get("log_loss")).isNotNegative().isFinite();
    }

    @Property(tries = 200)
    void shouldAgreeWithCountingEveryPair(@ForAll("sets") List<Sample> samples) {
        double wins = 0;
        int pairs = 0;
        for (Sample fake : samples.stream().filter(Sample::fake).toList()) {
            for (Sample real : samples.stream().filter(s -> !s.fake()).toList()) {
                wins += fake.logit() > real.logit() ? 1 : fake.logit() == real.logit() ? 0.5 : 0;
                pairs++;
            }
        }
        assertThat(Roc.of(Scores.of(samples)).auc()).isCloseTo(wins / pairs, within(1e-9));
    }

    /** Both classes, with many ties. */
    @Provide
    Arbitrary<List<Sample>> sets() {
        var logits = Arbitraries.integers()
                .between(-20, 20)
                .map(i -> i / 2.0)
                .array(Double[].class)
                .ofMinSize(1)
                .ofMaxSize(40);
        return Combinators.combine(logits, logits).as((a, f) -> Samples.of(unbox(a), unbox(f)));
    }

    private static double[] unbox(Double[] values) {
        return Stream.of(values).mapToDouble(Double::doubleValue).toArray();
    }
}
