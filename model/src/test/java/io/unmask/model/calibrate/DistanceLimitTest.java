package io.unmask.model.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.model.evaluate.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DistanceLimitTest {
    private final DistanceLimit fivePercent = new DistanceLimit(0.05, "d".repeat(64));

    @Test
    void shouldLeaveTheShareOfFacesBeyondTheLimit() {
        var faces = new ArrayList<Sample>();
        for (int i = 1; i <= 40; i++) {
            faces.add(face("camera", i, i));
        }
        var limit = fivePercent.of(faces).orElseThrow();
        assertThat(limit.limit()).as("two of forty lie beyond").isEqualTo(38);
        assertThat(limit.rate()).isCloseTo(0.05, within(1e-12));
        assertThat(limit.setDigest()).isEqualTo("d".repeat(64));
    }

    @Test
    void shouldNotLetALargeOriginOutweighTheOthers() {
        var faces = new ArrayList<Sample>();
        for (int i = 1; i <= 1000; i++) {
            faces.add(face("large", i, 1));
        }
        for (int i = 1; i <= 10; i++) {
            faces.add(face("small", 2000 + i, 10 + i));
        }
        var limit = fivePercent.of(faces).orElseThrow();
        assertThat(limit.limit()).as("one of ten is a twentieth of all").isEqualTo(19);
        assertThat(limit.rate()).isCloseTo(0.05, within(1e-9));
    }

    @Test
    void shouldCountNoFaceBeyondThatLiesAtTheLimit() {
        var faces = new ArrayList<Sample>();
        for (int i = 1; i <= 100; i++) {
            faces.add(face("camera", i, 7));
        }
        var limit = fivePercent.of(faces).orElseThrow();
        assertThat(limit.limit()).isEqualTo(7);
        assertThat(limit.rate()).isZero();
    }

    @Test
    void shouldSetNoneWithoutDistances() {
        assertThat(fivePercent.of(List.of(new Sample("v", "p", "set", "clean", "", "camera", 1))))
                .isEmpty();
    }

    private static Sample face(String origin, int number, double distance) {
        return new Sample("v" + number, "p" + number, "set", "clean", "", origin, 0, Optional.of(distance));
    }
}
