package io.unmask.samples.damage;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A kind of damage.
 *
 * @param name stands in the variant's file name
 */
record Damage(String name, Operation operation) {

    /** Changes bytes; the input is its own to change. */
    @FunctionalInterface
    interface Operation {
        byte[] apply(byte[] bytes, Anatomy anatomy, SplittableRandom random);
    }

    static final List<Damage> KINDS = List.of(
            new Damage("truncated", (bytes, anatomy, random) -> Arrays.copyOf(bytes, random.nextInt(bytes.length))),
            new Damage("truncated-end", (bytes, anatomy, random) -> {
                int cut = 1 + random.nextInt(Math.max(1, bytes.length / 20));
                return Arrays.copyOf(bytes, Math.max(0, bytes.length - cut));
            }),
            new Damage("headless", (bytes, anatomy, random) -> {
                int cut = 1 + random.nextInt(Math.max(1, bytes.length / 20));
                return Arrays.copyOfRange(bytes, Math.min(cut, bytes.length), bytes.length);
            }),
            new Damage("flipped-header", (bytes, anatomy, random) -> flipHeader(bytes, anatomy, random)),
            new Damage("flipped-1e-5", (bytes, anatomy, random) -> flipPayload(bytes, anatomy, random, 1e-5)),
            new Damage("flipped-1e-4", (bytes, anatomy, random) -> flipPayload(bytes, anatomy, random, 1e-4)),
            new Damage("flipped-1e-3", (bytes, anatomy, random) -> flipPayload(bytes, anatomy, random, 1e-3)),
            new Damage("flipped-1e-2", (bytes, anatomy, random) -> flipPayload(bytes, anatomy, random, 1e-2)),
            new Damage("zeroed", (bytes, anatomy, random) -> {
                Span span = Span.of(bytes, random);
                Arrays.fill(bytes, span.start(), span.end(), (byte) 0);
                return bytes;
            }),
            new Damage("noise", (bytes, anatomy, random) -> {
                Span span = Span.of(bytes, random);
                for (int i = span.start(); i < span.end(); i++) {
                    bytes[i] = (byte) random.nextInt();
                }
                return bytes;
            }),
            new Damage("removed", (bytes, anatomy, random) -> {
                Span span = Span.of(bytes, random);
                return join(bytes, span.start(), span.end());
            }),
            new Damage("duplicated", (bytes, anatomy, random) -> {
                Span span = Span.of(bytes, random);
                return join(bytes, span.end(), span.start());
            }),
            new Damage("spliced", (bytes, anatomy, random) -> {
                // The start of one copy runs on into another place of a second copy.
                return join(bytes, random.nextInt(bytes.length), random.nextInt(bytes.length));
            }));

    private record Span(int start, int end) {
        /** Anywhere, up to a fifth of the whole. */
        static Span of(byte[] bytes, SplittableRandom random) {
            int length = 1 + random.nextInt(Math.max(1, bytes.length / 5));
            int start = random.nextInt(bytes.length);
            return new Span(start, Math.min(bytes.length, start + length));
        }
    }

    private static byte[] flipHeader(byte[] bytes, Anatomy anatomy, SplittableRandom random) {
        for (int left = 1 + random.nextInt(16); left > 0; left--) {
            flip(bytes, anatomy.header(random.nextInt(anatomy.headerBytes())), random);
        }
        return bytes;
    }

    private static byte[] flipPayload(byte[] bytes, Anatomy anatomy, SplittableRandom random, double rate) {
        int flips = (int) Math.max(1, Math.round(rate * anatomy.payloadBytes()));
        for (int left = flips; left > 0; left--) {
            flip(bytes, anatomy.payload(random.nextInt(anatomy.payloadBytes())), random);
        }
        return bytes;
    }

    private static void flip(byte[] bytes, int at, SplittableRandom random) {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
    }

    /** What is before one place, then what is from another place on. */
    private static byte[] join(byte[] bytes, int before, int from) {
        byte[] joined = Arrays.copyOf(bytes, before + bytes.length - from);
        System.arraycopy(bytes, from, joined, before, bytes.length - from);
        return joined;
    }
}
