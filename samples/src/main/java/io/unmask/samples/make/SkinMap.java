package io.unmask.samples.make;

import io.unmask.samples.make.Identity.Face;

/**
 * A head's colour, painted once: pores, freckles, lips, brows, stubble and hair, over the grid of {@link HeadShape}
 * at a finer scale. Channels a texel: red, green, blue (linear), hair (0 to 1), gloss.
 */
final class SkinMap {
    static final int CHANNELS = 5;
    private static final int SCALE = 4;
    private static final int WIDTH = (HeadShape.COLUMNS - 1) * SCALE + 1;
    private static final int HEIGHT = (HeadShape.ROWS - 1) * SCALE + 1;

    private final float[] texels = new float[WIDTH * HEIGHT * CHANNELS];
    private final HeadShape shape;
    private final Identity identity;

    SkinMap(HeadShape shape) {
        this.shape = shape;
        this.identity = shape.identity();
        for (int row = 0; row < HEIGHT; row++) {
            double latitude = shape.latitude(row / (double) SCALE);
            for (int column = 0; column < WIDTH; column++) {
                paint(row * WIDTH + column, HeadShape.longitude(column / (double) SCALE), latitude);
            }
        }
    }

    /** Bilinear sample at a place of the grid, in columns and rows, into {@code texel}. */
    void sample(double column, double row, double[] texel) {
        double x = Math.max(0, Math.min(WIDTH - 1.001, column * SCALE));
        double y = Math.max(0, Math.min(HEIGHT - 1.001, row * SCALE));
        int left = (int) x;
        int top = (int) y;
        int at = (top * WIDTH + left) * CHANNELS;
        double fx = x - left;
        double fy = y - top;
        for (int c = 0; c < CHANNELS; c++) {
            double above = texels[at + c] * (1 - fx) + texels[at + CHANNELS + c] * fx;
            int under = at + WIDTH * CHANNELS + c;
            double bottom = texels[under] * (1 - fx) + texels[under + CHANNELS] * fx;
            texel[c] = above * (1 - fy) + bottom * fy;
        }
    }

    private void paint(int texel, double longitude, double latitude) {
        double[] place = shape.skin(longitude, latitude);
        double cover = shape.hairCover(longitude, latitude);
        double x = place[0];
        double y = place[1];
        boolean front = Math.cos(longitude) > 0;
        Rgb colour = skin(x, y, place[2], front);
        double gloss = 0.6 + 0.5 * Noise.bell(x, 0.2, y - 0.5, 0.5) + 0.4 * Noise.bell(x, 0.09, y + 0.2, 0.2);
        if (front) {
            double lips = lips(x, y);
            colour = colour.mix(lipColour(x, y), lips);
            gloss += 1.2 * lips;
            double brow = brow(x, y);
            colour = colour.mix(identity.hair().colour().times(0.8), brow);
            gloss *= 1 - 0.8 * brow;
        }
        colour = colour.mix(hairColour(longitude, latitude), cover);
        int at = texel * CHANNELS;
        texels[at] = (float) colour.r();
        texels[at + 1] = (float) colour.g();
        texels[at + 2] = (float) colour.b();
        texels[at + 3] = (float) cover;
        texels[at + 4] = (float) gloss;
    }

    private Rgb skin(double x, double y, double z, boolean front) {
        int seed = identity.seed();
        double blotch = Noise.fractal(seed + 50, 3 * x, 3 * y, 3 * z, 4);
        double pores = Noise.fractal(seed + 60, 38 * x, 38 * y, 38 * z, 3);
        Rgb colour = identity.skin().times(1 + 0.14 * blotch + 0.16 * pores);
        double blood = front ? flush(x, y) + 0.10 * Noise.fractal(seed + 70, 6 * x, 6 * y, 6 * z, 2) : 0;
        colour = colour.times(new Rgb(1, 1 - 0.35 * blood, 1 - 0.30 * blood));
        colour = colour.times(1 - 0.35 * freckle(x, y, z));
        if (front) {
            colour = colour.times(shade(x, y));
            colour = colour.mix(identity.hair().colour(), stubble(x, y, z));
        }
        return colour;
    }

    private static double flush(double x, double y) {
        double ax = Math.abs(x);
        return 0.5 * Noise.bell(ax - 0.43, 0.17, y + 0.22, 0.15) + 0.5 * Noise.bell(x, 0.12, y + 0.28, 0.10);
    }

    /** What lies in creases stays dark whatever the light: sockets, nostrils, under nose and lip. */
    private double shade(double x, double y) {
        double ax = Math.abs(x);
        Face face = identity.face();
        double dark = 0.34 * Noise.bell(ax - 0.19, 0.07, y - 0.11, 0.07);
        dark += 0.22 * Noise.bell(ax - HeadShape.EYE_X, 0.19, y - HeadShape.EYE_Y - 0.09, 0.045);
        dark += 0.20 * Noise.bell(ax - HeadShape.EYE_X + 0.03, 0.13, y - HeadShape.EYE_Y + 0.10, 0.03);
        double nostril = -0.26 * face.noseLength() - 0.085;
        dark += 0.85 * Noise.bell(ax - 0.065 * face.noseWidth(), 0.028, y - nostril, 0.020);
        dark += 0.25 * Noise.bell(x, 0.12, y - nostril + 0.02, 0.03);
        dark += 0.22 * Noise.bell(ax - 0.165 * face.noseWidth(), 0.022, y + 0.27, 0.055);
        dark += 0.12 * Noise.bell(ax - (0.20 - 0.45 * (y + 0.38)), 0.018, y + 0.44, 0.09);
        dark += 0.20 * Noise.bell(x, 0.16, y - HeadShape.MOUTH_Y + 0.14, 0.03);
        dark += 0.15 * Noise.bell(ax - HeadShape.MOUTH_HALF - 0.02, 0.025, y - HeadShape.MOUTH_Y, 0.03);
        return 1 - Math.min(0.9, dark);
    }

    private double freckle(double x, double y, double z) {
        double cells = Noise.value(identity.seed() + 80, 26 * x, 26 * y, 26 * z);
        double where = Noise.bell(Math.abs(x) - 0.3, 0.25, y + 0.15, 0.18) + 0.25;
        double few = Noise.step(0.72, 0.9, Noise.value(identity.seed() + 81, 9 * x, 9 * y, 9 * z));
        return Noise.step(0.55, 0.85, cells) * where * Noise.hash(identity.seed(), 82, 0, 0) + 0.8 * few;
    }

    private double stubble(double x, double y, double z) {
        double jaw = Noise.step(-0.28, -0.60, y + 0.42 * (Math.abs(x) - 0.62));
        double moustache = Noise.bell(Math.abs(x) - 0.12, 0.13, y + 0.45, 0.06);
        double grain = 0.55 + 0.45 * Noise.value(identity.seed() + 90, 110 * x, 60 * y, 60 * z);
        double bare = 1 - lips(x, y);
        return 0.75 * identity.hair().stubble() * Math.min(1, jaw + 0.8 * moustache) * grain * bare;
    }

    private double lips(double x, double y) {
        double half = HeadShape.MOUTH_HALF;
        double round = 1 - x * x / (half * half);
        if (round <= 0) {
            return 0;
        }
        double over = y - HeadShape.MOUTH_Y;
        double fullness = identity.face().lips();
        double bow = 0.012 * Noise.bell(x, 0.03) - 0.008 * Noise.bell(Math.abs(x) - 0.06, 0.03);
        double upper = 0.080 * fullness * Math.pow(round, 0.8) - bow;
        double lower = 0.110 * fullness * Math.pow(round, 0.6);
        return over > 0
                ? Noise.step(upper + 0.012, upper - 0.012, over)
                : Noise.step(lower + 0.014, lower - 0.014, -over);
    }

    private Rgb lipColour(double x, double y) {
        double grain = Noise.fractal(identity.seed() + 95, 60 * x, 9 * y, 0.5, 2);
        double dark = y > HeadShape.MOUTH_Y ? 0.80 : 1.0;
        return identity.skin().times(new Rgb(0.86, 0.50, 0.50)).times(dark * (1 + 0.18 * grain));
    }

    private double brow(double x, double y) {
        double ax = Math.abs(x);
        double along = (ax - 0.12) / 0.40;
        if (along < -0.1 || along > 1.1) {
            return 0;
        }
        double middle = 0.275 + 0.075 * Math.sin(Math.PI * Math.min(1, 0.12 + 0.8 * along)) - 0.03 * along;
        double half = 0.045 * identity.face().brows() * Noise.step(1.08, 0.35, along) * Noise.step(-0.1, 0.12, along);
        double strokes = 0.75 + 0.35 * Noise.value(identity.seed() + 97, 55 * (ax - 0.6 * y), 14 * y, x > 0 ? 9 : 2);
        return Math.min(1, Noise.step(1.35, 0.55, Math.abs(y - middle) / (half + 1e-6)) * strokes) * 0.92;
    }

    private Rgb hairColour(double longitude, double latitude) {
        int seed = identity.seed();
        double strand = Noise.fractal(seed + 100, longitude * 75, latitude * 5, 0.5, 3);
        double lock = Noise.value(seed + 104, longitude * 14, latitude * 2.5, 0.5);
        return identity.hair().colour().times(Math.max(0.15, 1 + 0.8 * strand + 0.3 * lock));
    }
}
