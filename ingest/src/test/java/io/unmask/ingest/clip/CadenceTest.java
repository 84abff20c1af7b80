package io.unmask.ingest.clip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CadenceTest {
    private final Cadence cadence = new Cadence();

    @Test
    void shouldFollowPicturesUpToFiveSecondsApart() {
        for (int i = 0; i < 5; i++) {
            assertThat(cadence.isAfterHole(i * 5_000_000L)).isFalse();
        }
        assertThat(cadence.usualMicros()).isEqualTo(5_000_000);
    }

    @Test
    void shouldFindAHoleInAFastVideo() {
        for (int i = 0; i < 5; i++) {
            cadence.isAfterHole(i * 125_000L);
        }
        assertThat(cadence.isAfterHole(2_400_000)).as("1.9 s").isFalse();
        assertThat(cadence.isAfterHole(5_400_000)).as("3 s").isTrue();
        assertThat(cadence.usualMicros()).isEqualTo(125_000);
    }

    @Test
    void shouldFollowPicturesThatHaveBecomeRare() {
        for (int i = 0; i < 20; i++) {
            cadence.isAfterHole(i * 125_000L);
        }
        List<Boolean> holes = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            holes.add(cadence.isAfterHole(19 * 125_000L + i * 4_000_000L));
        }

        assertThat(holes).containsExactly(true, true, false, false, false, false);
        assertThat(cadence.usualMicros()).isEqualTo(4_000_000);
        assertThat(cadence.holes()).isEqualTo(2);
    }

    @Test
    void shouldFindPicturesThatAreTooFarApartHolesFromTheFirstOn() {
        cadence.isAfterHole(0);

        assertThat(cadence.isAfterHole(59_000_000)).isTrue();
        assertThat(cadence.isAfterHole(118_000_000)).isTrue();
        assertThat(cadence.usualMicros()).isZero();
    }

    @Test
    void shouldNotTakePicturesLeftOutForAHole() {
        cadence.isAfterHole(0);
        cadence.pause();

        assertThat(cadence.isAfterHole(59_000_000)).isFalse();
    }
}
