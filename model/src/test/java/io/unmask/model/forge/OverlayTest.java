package io.unmask.model.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.RgbFrame;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlayTest {
    private static final int SIDE = 120;
    private static final int FACE = 90;
    private static final int DRAWN = 200;
    /** By the margin of a crop without room around it. */
    private static final double MOUTH = 0.69;

    @ParameterizedTest(name = "{0}")
    @CsvSource({"MOUTH, 0.3, 0.05, 0.5", "HEAD, 0, 0.3, 0.99", "WHOLE, 0, 1, 1"})
    void shouldChangeItsPartAndNothingElse(Overlay part, double untilUnchanged, double least, double most) {
        for (int seed = 0; seed < 50; seed++) {
            byte[] over = part.over(grey(FACE), grey(DRAWN), 1, seed).rgb();

            int above = ((int) (untilUnchanged * SIDE)) * SIDE * 3;
            assertThat(IntStream.range(0, above).allMatch(i -> over[i] == FACE))
                    .as("the face above %.1f of its height stays, seed %d", untilUnchanged, seed)
                    .isTrue();
            double changed = (double) IntStream.range(0, over.length)
                            .filter(i -> over[i] != FACE)
                            .count()
                    / over.length;
            assertThat(changed).as("share of the picture, seed %d", seed).isBetween(least, most);
            assertThat(over[(((int) (MOUTH * SIDE)) * SIDE + SIDE / 2) * 3] & 255)
                    .as("the mouth, seed %d", seed)
                    .isGreaterThan(DRAWN - 50);
        }
    }

    private static RgbFrame grey(int value) {
        byte[] rgb = new byte[SIDE * SIDE * 3];
        Arrays.fill(rgb, (byte) value);
        return new RgbFrame(SIDE, SIDE, rgb);
    }
}
