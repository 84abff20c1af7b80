package io.unmask.ingest.clip;

import static org.assertj.core.api.Assertions.assertThat;

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
