package io.unmask.samples.damage;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Damaged variants of a video. The same video and seed give the same variants. */
final class Variants {
    private Variants() {}

    /** One variant; its name begins with its number and tells the kind. */
    record Variant(String name, byte[] bytes) {}

    /**
     * Makes variants, the kinds taking turns.
     *
     * @param video not changed
     * @param extension of the variants' names, with its dot
     */
    static Stream<Variant> of(byte[] video, String extension, int count, long seed) {
        Anatomy anatomy = Anatomy.of(video);
        SplittableRandom root = new SplittableRandom(seed);
        return IntStream.range(0, count).mapToObj(number -> {
            Damage damage = Damage.KINDS.get(number % Damage.KINDS.size());
            byte[] bytes = damage.operation().apply(video.clone(), anatomy, root.split());
            return new Variant("%04d-%s%s".formatted(number, damage.name(), extension), bytes);
        });
    }
}
