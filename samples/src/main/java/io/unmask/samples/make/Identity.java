package io.unmask.samples.make;

/**
 * Who a head is. Lengths are in head units: a head is 2.4 high, its eyes are 0.64 apart.
 *
 * @param seed of skin texture and marks
 */
record Identity(int seed, Rgb skin, Rgb iris, Rgb shirt, Hair hair, Face face) {

    /**
     * @param line height of the hairline above the eyes' middle
     * @param volume how far hair stands off
     * @param sides lowest point of the hair in front of the ears
     * @param stubble 0 (none) to 1
     */
    record Hair(Rgb colour, double line, double volume, double sides, double stubble) {}

    /** Proportions; 1 is average except where a unit says otherwise. */
    record Face(
            double width, double jaw, double noseLength, double noseWidth, double eyeSize, double lips, double brows) {}

    /** The same seed is the same person. */
    static Identity of(int seed) {
        double tone = Noise.hash(seed, 1, 0, 0);
        Rgb skin = Rgb.srgb(236, 188, 164).mix(Rgb.srgb(146, 92, 66), tone * tone);
        Rgb[] hairColours = {Rgb.srgb(38, 28, 24), Rgb.srgb(84, 56, 36), Rgb.srgb(140, 104, 66), Rgb.srgb(60, 58, 58)};
        Rgb[] irises = {Rgb.srgb(84, 54, 34), Rgb.srgb(84, 110, 128), Rgb.srgb(92, 98, 58)};
        Rgb[] shirts = {Rgb.srgb(58, 72, 96), Rgb.srgb(120, 60, 54), Rgb.srgb(84, 92, 84), Rgb.srgb(150, 142, 130)};
        boolean beard = Noise.hash(seed, 2, 0, 0) < 0.5;
        Hair hair = new Hair(
                pick(hairColours, seed, 3).mix(Rgb.srgb(20, 16, 14), tone * 0.7),
                vary(seed, 4, 0.72, 0.06),
                beard ? vary(seed, 5, 0.09, 0.03) : vary(seed, 5, 0.16, 0.04),
                beard ? 0.0 : -0.75,
                beard ? 0.3 + 0.5 * Noise.hash(seed, 6, 0, 0) : 0);
        Face face = new Face(
                vary(seed, 7, 1, 0.05),
                vary(seed, 8, beard ? 1.06 : 0.95, 0.05),
                vary(seed, 9, 1, 0.1),
                vary(seed, 10, beard ? 1.05 : 0.92, 0.12),
                vary(seed, 11, beard ? 0.97 : 1.08, 0.05),
                vary(seed, 12, beard ? 0.9 : 1.15, 0.15),
                vary(seed, 13, beard ? 1.15 : 0.8, 0.15));
        return new Identity(seed, skin, pick(irises, seed, 14), pick(shirts, seed, 15), hair, face);
    }

    private static double vary(int seed, int what, double middle, double spread) {
        return middle + spread * (2 * Noise.hash(seed, what, 0, 0) - 1);
    }

    private static Rgb pick(Rgb[] choices, int seed, int what) {
        return choices[(int) (Noise.hash(seed, what, 0, 0) * choices.length)];
    }
}
