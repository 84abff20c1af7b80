package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LocalTrainingTest {

    @Test
    void shouldTrainForTheEpochsOrTheStepsWhicheverEndFirst() {
        assertThat(round(2, 200).steps(7)).isEqualTo(14);
        assertThat(round(20, 4).steps(7)).isEqualTo(4);
        assertThat(round(Long.MAX_VALUE, 2).steps(4)).as("without an overflow").isEqualTo(2);
    }

    private static LocalTraining.Round round(long epochs, long maxSteps) {
        return new LocalTraining.Round(1, 1, epochs, maxSteps, "");
    }
}
