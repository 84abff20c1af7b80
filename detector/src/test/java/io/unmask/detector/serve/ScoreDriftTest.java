package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScoreDriftTest {
    private final ScoreDrift drift = new ScoreDrift();

    @Test
    void shouldSayNothingBeforeThereIsEnoughToCompare() {
        add(0.2, 2 * ScoreDrift.WINDOW - 1);

        assertThat(drift.index()).isNaN();
    }

    @Test
    void shouldBeNothingWhileScoresStayAsTheyWere() {
        add(0.2, 3 * ScoreDrift.WINDOW);

        assertThat(drift.index()).isZero();
    }

    @Test
    void shouldMeasureHowFarScoresMoved() {
        add(0.2, ScoreDrift.WINDOW / 2);
        add(0.7, ScoreDrift.WINDOW / 2);
        add(0.2, ScoreDrift.WINDOW);
        // Three quarters and a quarter by now, of a half each.
        add(0.2, ScoreDrift.WINDOW * 3 / 4);
        add(0.7, ScoreDrift.WINDOW / 4);

        assertThat(drift.index()).isCloseTo(0.25 * Math.log(1.5) - 0.25 * Math.log(0.5), within(1e-9));
    }

    private void add(double pFake, int times) {
        for (int i = 0; i < times; i++) {
            drift.add(pFake);
        }
    }
}
