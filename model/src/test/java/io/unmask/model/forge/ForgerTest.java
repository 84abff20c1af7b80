package io.unmask.model.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.image.Framing;
import io.unmask.model.image.Operations;
import io.unmask.model.image.Pictures;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.junit.jupiter.api.Test;

class ForgerTest {
    private static final RgbFrame FACE = picture(1);

    @Property(tries = 60)
    void shouldBeAFunctionOfTheSeed(@ForAll long seed) {
        var one = new Forger().forge(List.of(FACE, FACE), 1, seed).frames();
        var same = new Forger().forge(List.of(FACE, FACE), 1, seed).frames();
        assertThat(same.get(0).rgb()).isEqualTo(one.get(0).rgb());
        assertThat(same.get(1).rgb()).isEqualTo(one.get(1).rgb());
    }

    @Property(tries = 60)
    void shouldChangeTheFaceAndKeepItsSize(@ForAll long seed) {
        var forged = new Forger().forge(List.of(FACE), 1, seed).frames().get(0);
        assertThat(forged.width()).isEqualTo(FACE.width());
        assertThat(forged.height()).isEqualTo(FACE.height());
        assertThat(forged.rgb()).isNotEqualTo(FACE.rgb());
    }

    @Test
    void shouldLeaveItsInputAlone() {
        byte[] before = FACE.rgb().clone();
        new Forger().forge(List.of(FACE), 1, 5);
        new Augmenter(64, 0.15, 1).film(List.of(FACE), 1, FACE.width(), 5);
        assertThat(FACE.rgb()).isEqualTo(before);
    }

    @Property(tries = 60)
    void shouldFilmBothOfAPairAlike(@ForAll long seed) {
        var augmenter = new Augmenter(64, 0.15, 1);
        var one = augmenter.film(List.of(FACE), 1, FACE.width(), seed).get(0);
        var same = augmenter.film(List.of(FACE), 1, FACE.width(), seed).get(0);
        assertThat(same.rgb()).isEqualTo(one.rgb());
        assertThat(one.width()).isEqualTo(64);
    }

    @Test
    void shouldServeTheMiddleOfACropWithAMargin() {
        var cut = Framing.serving(1.25).apply(FACE, 80);
        for (int y = 0; y < 80; y++) {
            for (int x = 0; x < 80; x++) {
                int from = ((y + 10) * 100 + x + 10) * 3;
                assertThat(cut.rgb()[(y * 80 + x) * 3]).isEqualTo(FACE.rgb()[from]);
            }
        }
    }

    @Test
    void shouldCutAllCropsAlikeWithoutJitter() {
        var sides = new Random(7)
                .ints(20)
                .mapToObj(seed -> Framing.random(new Random(seed), 1.25, 0).side())
                .distinct();
        assertThat(sides).containsExactly(1 / 1.25);
    }

    @Test
    void shouldLeaveEverythingOutsideTheMaskUntouched() {
        var mask = new BlendMask(BlendMask.Region.MOUTH, 0.5, 0.8, 1, 2, 0.01, 3);
        try (var scope = new PointerScope()) {
            var alpha = mask.paint(100, 1, 1);
            try (FloatIndexer index = alpha.createIndexer()) {
                assertThat(index.get(80, 50)).isCloseTo(1, within(1e-5f));
                assertThat(index.get(20, 50)).isEqualTo(0);
                assertThat(index.get(80, 2)).isEqualTo(0);
            }
        }
    }

    @Test
    void shouldLeaveNoOutlineWhereTheWholePictureIsForged() {
        for (long seed = 0; seed < 20; seed++) {
            var mask = BlendMask.random(BlendMask.Region.WHOLE, new Random(seed));
            try (var scope = new PointerScope();
                    FloatIndexer index = mask.paint(100, 1.25, 1).createIndexer()) {
                for (int i = 0; i < 100; i++) {
                    assertThat(List.of(index.get(0, i), index.get(99, i), index.get(i, 0), index.get(i, 99)))
                            .allSatisfy(alpha -> assertThat(alpha).isBetween(0.999f, 1.001f));
                }
            }
        }
    }

    @Test
    void shouldTakeTextureAsAVideoCodecDoes() {
        try (var scope = new PointerScope()) {
            var picture = Pictures.mat(FACE);
            double authentic = roughness(FACE);
            double still = roughness(Pictures.frame(Operations.jpeg(40).apply(picture)));
            double video =
                    roughness(Pictures.frame(Operations.videoCodec(40, 20).apply(picture)));
            assertThat(still).isLessThan(authentic);
            assertThat(video).isLessThan(still);
        }
    }

    @Test
    void shouldMakeGaussianNoiseAnewForEachPicture() {
        byte[] flat = new byte[100 * 100 * 3];
        Arrays.fill(flat, (byte) 120);
        try (var scope = new PointerScope()) {
            var noise = Operations.noise(5, 3);
            var picture = Pictures.mat(new RgbFrame(100, 100, flat));
            byte[] first = Pictures.frame(noise.apply(picture)).rgb();
            byte[] second = Pictures.frame(noise.apply(picture)).rgb();
            assertThat(second).isNotEqualTo(first);
            double sum = 0;
            double squares = 0;
            int beyond = 0;
            for (byte level : first) {
                int off = (level & 255) - 120;
                sum += off;
                squares += off * off;
                beyond += Math.abs(off) > 10 ? 1 : 0;
            }
            assertThat(sum / first.length).isBetween(-0.2, 0.2);
            assertThat(Math.sqrt(squares / first.length)).isBetween(4.8, 5.2);
            assertThat(beyond / (double) first.length)
                    .as("beyond 2.1 deviations")
                    .isBetween(0.025, 0.05);
        }
    }

    /** Mean difference of neighbours in a row. */
    private static double roughness(RgbFrame frame) {
        double sum = 0;
        for (int i = 3; i < frame.rgb().length; i++) {
            sum += Math.abs((frame.rgb()[i] & 255) - (frame.rgb()[i - 3] & 255));
        }
        return sum / frame.rgb().length;
    }

    @Test
    void shouldUpConvolveEvenlyWithAnEvenKernelAndLeaveAGridWithAnUnevenOne() {
        byte[] flat = new byte[64 * 64 * 3];
        Arrays.fill(flat, (byte) 120);
        try (var scope = new PointerScope()) {
            var picture = Pictures.mat(new RgbFrame(64, 64, flat));
            assertThat(middle(Pictures.frame(UpConvolution.of(0, 1).apply(picture))))
                    .containsOnly((byte) 120);
            assertThat(middle(Pictures.frame(UpConvolution.of(0.1, 1).apply(picture))))
                    .as("four phases of one colour")
                    .hasSizeBetween(2, 4);
        }
    }

    /** The values that occur away from the edge. */
    private static Set<Byte> middle(RgbFrame frame) {
        var values = new HashSet<Byte>();
        for (int y = 8; y < 56; y++) {
            for (int x = 8; x < 56; x++) {
                values.add(frame.rgb()[(y * 64 + x) * 3]);
            }
        }
        return values;
    }

    private static RgbFrame picture(int seed) {
        var random = new Random(seed);
        byte[] rgb = new byte[100 * 100 * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (100 + 40 * Math.sin(i / 900.0) + random.nextInt(30));
        }
        return new RgbFrame(100, 100, rgb);
    }
}
