package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
    private static final LearningRateSchedule SCHEDULE = new LearningRateSchedule(1, 0.1, 10, 110);

    @Test
    void shouldRiseToThePeakAndFallToTheLastRate() {
        assertThat(SCHEDULE.at(0)).isEqualTo(0.1);
        assertThat(SCHEDULE.at(9)).isEqualTo(1);
        assertThat(SCHEDULE.at(10)).isEqualTo(1);
        assertThat(SCHEDULE.at(60)).isCloseTo(0.55, within(1e-12));
        assertThat(SCHEDULE.at(110)).isEqualTo(0.1);
        assertThat(SCHEDULE.at(1000)).isEqualTo(0.1);
    }

    @Property
    void shouldNeverRiseAfterTheWarmUp(@ForAll @LongRange(min = 10, max = 200) long done) {
        assertThat(SCHEDULE.at(done + 1)).isLessThanOrEqualTo(SCHEDULE.at(done));
    }
}
