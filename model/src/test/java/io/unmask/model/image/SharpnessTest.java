package io.unmask.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.image.Sharpness.Shot;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class SharpnessTest {
    private static final int SIDE = 96;

    @Test
    void shouldBlurTheSharperOneToTheOther() {
        var sharp = noise(1);
        var soft = blurred(noise(2), 1.3);

        var levelled = Sharpness.atMost(shot(sharp, sharp), shot(soft));

        assertThat(levelled).hasSize(2);
        assertThat(contrast(levelled.get(0))).isCloseTo(contrast(soft), within(contrast(sharp) / 20));
        assertThat(levelled.get(1).rgb())
                .as("all of a clip are blurred alike")
                .isEqualTo(levelled.get(0).rgb());
    }

    @Test
    void shouldLeaveTheSofterOneAlone() {
        var soft = blurred(noise(2), 1.3);
        assertThat(Sharpness.atMost(shot(soft), shot(noise(1)))).containsExactly(soft);
    }

    @Test
    void shouldComparePicturesOfOneFaceAtOneScale() {
        var face = blurred(noise(3), 2);
        var enlarged = Pictures.square(face, 2 * SIDE);
        var levelled = Sharpness.atMost(shot(face), new Shot(List.of(enlarged), SIDE));
        assertThat(contrast(levelled.get(0)))
                .as("an enlarged copy is no softer")
                .isCloseTo(contrast(face), within(contrast(face) / 5));
    }

    private static Shot shot(RgbFrame... crops) {
        return new Shot(List.of(crops), SIDE);
    }

    /** Mean difference between neighbours in a row. */
    private static double contrast(RgbFrame picture) {
        byte[] rgb = picture.rgb();
        double sum = 0;
        for (int i = 3; i < rgb.length; i++) {
            sum += Math.abs((rgb[i] & 0xff) - (rgb[i - 3] & 0xff));
        }
        return sum / rgb.length;
    }

    private static RgbFrame blurred(RgbFrame picture, double sigmaPx) {
        try (var scope = new PointerScope()) {
            return Pictures.frame(Operations.blur(sigmaPx).apply(Pictures.mat(picture)));
        }
    }

    private static RgbFrame noise(int seed) {
        byte[] rgb = new byte[SIDE * SIDE * 3];
        new Random(seed).nextBytes(rgb);
        return new RgbFrame(SIDE, SIDE, rgb);
    }
}
