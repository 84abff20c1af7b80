package io.unmask.samples.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SampleMakerTest {
    /** Of one frame. Renew it with samples/clips ({@code ./unmask make-samples --out samples/clips}), never alone. */
    private static final String GOLDEN = "8fe9a9b081a9ef1931be3a76cd49eec3e5cf65f3db5e280c8bb4a7718de9373f";

    private static final int FRAME = 37;

    @Test
    void shouldDrawTheSamePixelsForTheSameSeed() throws Exception {
        byte[] pixels = Recipe.named("forged-1").film(1).frame(FRAME).rgb();
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pixels)))
                .isEqualTo(GOLDEN);
    }

    @Test
    void shouldDrawOtherPeopleForAnotherSeed() {
        assertThat(Identity.of(2)).isEqualTo(Identity.of(2)).isNotEqualTo(Identity.of(1002));
    }

    @Test
    void shouldBlinkAndCloseTheMouthWithinAClip() {
        double most = 0;
        double widest = 0;
        double narrowest = 1;
        for (int frame = 0; frame < Recipe.FRAMES; frame++) {
            Pose.Expression expression = Pose.talking(2, frame / Film.FPS).expression();
            most = Math.max(most, expression.blink());
            widest = Math.max(widest, expression.jaw());
            narrowest = Math.min(narrowest, expression.jaw());
        }
        assertThat(most).isGreaterThan(0.9);
        assertThat(narrowest).isBetween(0.0, 0.02);
        assertThat(widest).isGreaterThan(0.12);
    }

    @Test
    void shouldNameTheClipsThereAreWhenOneIsUnknown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Recipe.named("authentic"))
                .withMessageContaining("no sample clip authentic: must be one of authentic-1, authentic-2");
    }
}
