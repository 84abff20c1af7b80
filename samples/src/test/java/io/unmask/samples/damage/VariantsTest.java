package io.unmask.samples.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.unmask.samples.damage.Variants.Variant;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class VariantsTest {
    private static byte[] clip;

    @BeforeAll
    static void read() throws Exception {
        clip = Files.readAllBytes(Path.of(System.getProperty("unmask.root"), "samples/clips/authentic-1.mp4"));
    }

    @Test
    void shouldGiveTheSameVariantsForTheSameSeed() {
        List<Variant> first = Variants.of(clip, ".mp4", 40, 3).toList();
        List<Variant> second = Variants.of(clip, ".mp4", 40, 3).toList();
        List<Variant> other = Variants.of(clip, ".mp4", 40, 4).toList();
        for (int i = 0; i < first.size(); i++) {
            assertThat(first.get(i).bytes())
                    .isEqualTo(second.get(i).bytes())
                    .isNotEqualTo(other.get(i).bytes());
        }
    }

    @Test
    void shouldTellNumberAndKindInTheName() {
        assertThat(Variants.of(clip, ".mp4", 14, 1).map(Variant::name))
                .startsWith("0000-truncated.mp4", "0001-truncated-end.mp4")
                .contains("0003-flipped-header.mp4", "0007-flipped-1e-2.mp4", "0012-spliced.mp4")
                .endsWith("0013-truncated.mp4");
    }

    @Test
    void shouldLeaveTheVideoItselfAlone() throws Exception {
        byte[] before = clip.clone();
        assertThat(Variants.of(clip, ".mp4", 26, 5).map(Variant::bytes))
                .noneMatch(bytes -> Arrays.equals(bytes, before));
        assertThat(clip).isEqualTo(before);
    }

    @Test
    void shouldFlipWhereTheNameSays() {
        Anatomy anatomy = Anatomy.of(clip);
        IntPredicate payload = at -> at >= anatomy.payloadStart() && at < anatomy.payloadEnd();
        assertThat(changed("flipped-header")).isNotEmpty().noneMatch(payload::test);
        assertThat(changed("flipped-1e-3")).allMatch(payload::test).hasSizeBetween((int) (0.0008 * clip.length), (int)
                (0.0011 * clip.length));
    }

    @Test
    void shouldFindThePicturesOfAnMp4() {
        Anatomy anatomy = Anatomy.of(clip);
        assertThat(new String(clip, anatomy.payloadStart() - 4, 4, StandardCharsets.US_ASCII))
                .isEqualTo("mdat");
        assertThat(anatomy.headerBytes()).isBetween(100, 8_000);
    }

    @Property(tries = 200)
    void shouldDamageAnyFileThatIsLargeEnough(@ForAll long seed, @ForAll byte filler) {
        byte[] video = new byte[4097 + (int) Math.abs(seed % 3000)];
        Arrays.fill(video, filler);
        assertThat(Variants.of(video, "", Damage.KINDS.size(), seed)
                        .map(Variant::name)
                        .collect(Collectors.toSet()))
                .hasSize(Damage.KINDS.size());
    }

    @Test
    void shouldRefuseAFileWithoutAPayload() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Anatomy.of(new byte[4096]))
                .withMessage("only 4096 bytes: a video of more than 4096 is needed");
    }

    private static List<Integer> changed(String kind) {
        Damage damage = Damage.KINDS.stream()
                .filter(one -> one.name().equals(kind))
                .findFirst()
                .orElseThrow();
        byte[] bytes = damage.operation().apply(clip.clone(), Anatomy.of(clip), new SplittableRandom(9));
        return IntStream.range(0, clip.length)
                .filter(at -> bytes[at] != clip[at])
                .boxed()
                .toList();
    }
}
