package io.unmask.samples.make;

/** Seeded noise without state, and the few curves that shapes are built from. */
final class Noise {
    private Noise() {}

    /** Uniform in [0, 1), a hash of its arguments. */
    static double hash(int seed, int x, int y, int z) {
        int h = mix(mix(mix(mix(seed) + x) + y) + z);
        return (h >>> 8) / (double) (1 << 24);
    }

    /** Nearly standard normal, a hash of its arguments: the sum of four bytes. */
    static double normal(int seed, int x, int y, int z) {
        int h = mix(mix(mix(mix(seed) + x) + y) + z);
        return ((h & 255) + (h >>> 8 & 255) + (h >>> 16 & 255) + (h >>> 24) - 510) / 147.8;
    }

    /** Value noise with smooth interpolation, -1 to 1. */
    static double value(int seed, double x, double y, double z) {
        int ix = (int) Math.floor(x);
        int iy = (int) Math.floor(y);
        int iz = (int) Math.floor(z);
        double fx = fade(x - ix);
        double fy = fade(y - iy);
        double near = plane(seed, ix, iy, iz, fx, fy);
        double far = plane(seed, ix, iy, iz + 1, fx, fy);
        return 2 * (near + (far - near) * fade(z - iz)) - 1;
    }

    /** Octaves of {@link #value}, each half as strong and twice as fine. */
    static double fractal(int seed, double x, double y, double z, int octaves) {
        double sum = 0;
        double weight = 0.5;
        double scale = 1;
        for (int i = 0; i < octaves; i++) {
            sum += weight * value(seed + i, x * scale, y * scale, z * scale);
            weight /= 2;
            scale *= 2;
        }
        return sum;
    }

    /** 0 below {@code from}, 1 above {@code to}, smooth between; {@code from} may be the larger. */
    static double step(double from, double to, double x) {
        return fade(Math.max(0, Math.min(1, (x - from) / (to - from))));
    }

    /** Bell of height 1. */
    static double bell(double x, double width) {
        return Math.exp(-(x * x) / (2 * width * width));
    }

    /** Two-dimensional bell of height 1. */
    static double bell(double x, double widthX, double y, double widthY) {
        return Math.exp(-(x * x) / (2 * widthX * widthX) - (y * y) / (2 * widthY * widthY));
    }

    private static double plane(int seed, int x, int y, int z, double fx, double fy) {
        double top = hash(seed, x, y, z) + (hash(seed, x + 1, y, z) - hash(seed, x, y, z)) * fx;
        double bottom = hash(seed, x, y + 1, z) + (hash(seed, x + 1, y + 1, z) - hash(seed, x, y + 1, z)) * fx;
        return top + (bottom - top) * fy;
    }

    private static int mix(int h) {
        int a = (h + 0x9E3779B9 ^ h >>> 16) * 0x21F0AAAD;
        int b = (a ^ a >>> 15) * 0x735A2D97;
        return b ^ b >>> 15;
    }

    private static double fade(double t) {
        return t * t * (3 - 2 * t);
    }
}
