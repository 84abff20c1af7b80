package io.unmask.detector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Captured.By;
import org.junit.jupiter.api.Test;

class CaptureTimesTest {
    private final CaptureTimes times = new CaptureTimes();

    @Test
    void shouldKnowNothingBeforeTheFirstPicture() {
        assertThat(times.at(0)).isEmpty();
    }

    @Test
    void shouldCountFromTheNearestPictureBefore() {
        times.add(0, new Captured(1_000_000, By.ARRIVAL));
        times.add(500_000, new Captured(9_000_000, By.SENDER_REPORT));

        assertThat(times.at(100_000)).contains(new Captured(1_100_000, By.ARRIVAL));
        assertThat(times.at(500_000)).contains(new Captured(9_000_000, By.SENDER_REPORT));
        assertThat(times.at(600_000)).contains(new Captured(9_100_000, By.SENDER_REPORT));
    }

    @Test
    void shouldForgetOldPicturesAndCountBackFromTheOldestThatItKnows() {
        for (int i = 0; i < 1_000; i++) {
            times.add(i * 125_000L, new Captured(i * 125_000L, By.ARRIVAL));
        }

        assertThat(times.at(0)).contains(new Captured(0, By.ARRIVAL));
        assertThat(times.at(999 * 125_000L)).contains(new Captured(999 * 125_000L, By.ARRIVAL));
    }
}
