package io.unmask.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RiskCoverageTest {

    /** Ten authentic and ten fake faces; of each the three that lie nearest to 0 are on the wrong side. */
    private static List<Sample> faces() {
        var faces = new ArrayList<Sample>();
        for (int i = 1; i <= 10; i++) {
            double margin = i <= 3 ? -0.1 * i : i;
            faces.add(new Sample("r" + i, "p", "set", "clean", "", "phone", -margin));
            faces.add(new Sample("f" + i, "q", "set", "clean", "swap", "", margin));
        }
        return faces;
    }

    private static RiskCoverage even(List<Sample> faces, Optional<Double> limit) {
        return RiskCoverage.of(List.of(new ToolTable.Part(faces, 0)), limit).get(1);
    }

    /** Thresholds with a p_fake of 1 and of 0 have infinite logits. */
    @Test
    void shouldTakeAThresholdThatAllOrNoFacesReach() {
        var none = RiskCoverage.of(List.of(new ToolTable.Part(faces(), Double.POSITIVE_INFINITY)), Optional.empty());
        assertThat(none.get(0).at(1)).contains(new RiskCoverage.Point(1, 1, 0));
        var all = RiskCoverage.of(List.of(new ToolTable.Part(faces(), Double.NEGATIVE_INFINITY)), Optional.empty());
        assertThat(all.get(0).at(1)).contains(new RiskCoverage.Point(1, 0, 1));
    }

    @Test
    void shouldErrLessWhenOnlyTheMostCertainFacesAreJudged() {
        var risk = even(faces(), Optional.empty());
        assertThat(risk.at(1).orElseThrow().error()).isCloseTo(0.3, within(1e-12));
        assertThat(risk.at(0.9).orElseThrow().error()).isCloseTo(2 / 9.0, within(1e-12));
        assertThat(risk.at(0.7).orElseThrow().error()).isZero();
        assertThat(risk.points())
                .extracting(RiskCoverage.Point::coverage)
                .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }

    @Test
    void shouldCountMissedFakesAndFalseAlarmsByTheThreshold() {
        var risks = RiskCoverage.of(List.of(new ToolTable.Part(faces(), 5)), Optional.empty());
        assertThat(risks).extracting(RiskCoverage::decision).containsExactly("threshold in force", "p_fake 0.5");
        var all = risks.get(0).at(1).orElseThrow();
        assertThat(all.missed()).as("fakes at 5 to 10 are found").isCloseTo(0.4, within(1e-12));
        assertThat(all.falseAlarms()).isZero();
        assertThat(all.error()).isCloseTo(0.2, within(1e-12));
    }

    @Test
    void shouldJudgeLastWhatIsOutOfDistribution() {
        var faces = new ArrayList<Sample>();
        for (Sample face : faces()) {
            faces.add(face.at(Optional.of(1.0)));
        }
        faces.set(19, faces.get(19).with(-10).at(Optional.of(9.0)));
        assertThat(even(faces, Optional.empty()).at(0.7).orElseThrow().missed())
                .as("a sure fake that is called authentic")
                .isCloseTo(1 / 7.0, within(1e-12));
        assertThat(even(faces, Optional.of(2.0)).at(0.7).orElseThrow().missed()).isZero();
    }

    @Test
    void shouldSayNothingWhereAClassIsNoMoreJudged() {
        var faces = new ArrayList<>(faces());
        faces.replaceAll(face -> face.fake() ? face : face.with(face.logit() / 100));
        var risk = even(faces, Optional.empty());
        assertThat(risk.at(0.3)).isEmpty();
        assertThat(RiskCoverageText.table(List.of(risk)))
                .hasSize(8)
                .contains("| 30 % | one class only |")
                .anyMatch(line -> line.startsWith("| 100 % | 30.0 % (30 %, 30 %) |"));
    }
}
