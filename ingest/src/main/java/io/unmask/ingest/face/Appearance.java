package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.RgbFrame;

/**
 * What a face looks like, coarsely: the brightness of an aligned crop's cells and its mean colour.
 *
 * @param cells rows of mean brightness; the reader's
 * @param red share of red in the crop's colours
 * @param green share of green
 * @param scene the picture that the face was in
 */
record Appearance(long timeMicros, float[] cells, double red, double green, Scene scene) {
    /** Cells to a side. */
    private static final int GRID = 16;

    /** Side of the area by which a face is compared with itself, over the side of its box. */
    private static final double COMPARED_SCALE = 1.2;

    private static final double COLOUR_WEIGHT = 3;

    /** Cells that correlate this well show the same face, whatever became of the light and of the colours. */
    private static final double SAME_STRUCTURE = 0.8;

    /** @param cropScale side of the sample's crop over the side of its face */
    static Appearance of(FaceSample sample, double cropScale, Scene scene) {
        RgbFrame crop = sample.crop();
        int side = (int) Math.max(1, Math.round(crop.width() * Math.min(1, COMPARED_SCALE / cropScale)));
        int start = (crop.width() - side) / 2;
        float[] cells = new float[GRID * GRID];
        double[] sums = new double[3];
        for (int i = 0; i < cells.length; i++) {
            int left = start + i % GRID * side / GRID;
            int top = start + i / GRID * side / GRID;
            int right = Math.max(left + 1, start + (i % GRID + 1) * side / GRID);
            int bottom = Math.max(top + 1, start + (i / GRID + 1) * side / GRID);
            cells[i] = brightness(crop, left, top, right, bottom, sums);
        }
        double sum = Math.max(1, sums[0] + sums[1] + sums[2]);
        return new Appearance(sample.timeMicros(), cells, sums[0] / sum, sums[1] / sum, scene);
    }

    /** Adds the mean colour to the sums and returns the mean brightness by ITU-R BT.601. */
    private static float brightness(RgbFrame crop, int left, int top, int right, int bottom, double[] sums) {
        long[] colours = new long[3];
        for (int y = top; y < bottom; y++) {
            for (int at = 3 * (y * crop.width() + left); at < 3 * (y * crop.width() + right); at++) {
                colours[at % 3] += crop.rgb()[at] & 255;
            }
        }
        double count = (right - left) * (bottom - top);
        for (int channel = 0; channel < 3; channel++) {
            sums[channel] += colours[channel] / count;
        }
        return (float) ((0.299 * colours[0] + 0.587 * colours[1] + 0.114 * colours[2]) / count);
    }

    /**
     * How different two faces look: 0 when they are alike, 1 when they have nothing in common. Brightness and contrast
     * do not count, so that a lamp that is switched on makes no other face.
     */
    double faceDifference(Appearance other) {
        double alike = Correlation.of(cells, other.cells);
        if (alike > SAME_STRUCTURE) {
            return 0;
        }
        double colour = Math.abs(red - other.red)
                + Math.abs(green - other.green)
                + Math.abs(red + green - other.red - other.green);
        return 1 - alike + COLOUR_WEIGHT * colour;
    }
}
