package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.RgbFrame;

/** Measures how well a crop can be judged. Keeps its working memory from crop to crop; one thread at a time. */
final class FaceQualities {
    /** Symmetry is taken on a grid of so many means a side: coarse enough to leave out noise and skin. */
    private static final int GRID = 24;

    /** The middle of a face may lie so many cells beside the crop's middle. */
    private static final int SHIFT = 3;

    /** Cells around a cell whose mean is taken off, so that light from one side does not count. */
    private static final int LIGHT = 3;

    private final double[][] cells = new double[GRID][GRID];
    private final double[][] relief = new double[GRID][GRID];
    private int[] grey = new int[0];

    FaceQuality measure(FaceBox box, RgbFrame crop) {
        makeGrey(crop);
        return new FaceQuality(
                Math.max(box.width(), box.height()),
                sharpness(crop.width(), crop.height()),
                mean(),
                frontality(crop.width(), crop.height()));
    }

    private void makeGrey(RgbFrame crop) {
        byte[] rgb = crop.rgb();
        if (grey.length != crop.width() * crop.height()) {
            grey = new int[crop.width() * crop.height()];
        }
        for (int i = 0, from = 0; i < grey.length; i++, from += 3) {
            // ITU-R BT.601, in 256ths
            grey[i] = (77 * (rgb[from] & 255) + 150 * (rgb[from + 1] & 255) + 29 * (rgb[from + 2] & 255)) >> 8;
        }
    }

    private double mean() {
        long sum = 0;
        for (int level : grey) {
            sum += level;
        }
        return sum / (double) grey.length;
    }

    /** Variance of the 4-neighbour Laplacian; a blurred picture has none (Pech-Pacheco et al., ICPR 2000). */
    private double sharpness(int width, int height) {
        double sum = 0;
        double squares = 0;
        for (int y = 1; y < height - 1; y++) {
            for (int i = y * width + 1; i < (y + 1) * width - 1; i++) {
                int edge = grey[i - 1] + grey[i + 1] + grey[i - width] + grey[i + width] - 4 * grey[i];
                sum += edge;
                squares += (double) edge * edge;
            }
        }
        double count = Math.max(1, (width - 2) * (height - 2));
        return squares / count - (sum / count) * (sum / count);
    }

    /** Correlation of the face with its mirror image about the best upright axis near the middle; 0 when negative. */
    private double frontality(int width, int height) {
        makeCells(width, height);
        makeRelief();
        double best = 0;
        for (int shift = -SHIFT; shift <= SHIFT; shift++) {
            best = Math.max(best, mirrorCorrelation(shift));
        }
        return Math.min(1, best);
    }

    private void makeCells(int width, int height) {
        for (int row = 0; row < GRID; row++) {
            int top = row * height / GRID;
            int bottom = Math.max(top + 1, (row + 1) * height / GRID);
            for (int column = 0; column < GRID; column++) {
                int left = column * width / GRID;
                int right = Math.max(left + 1, (column + 1) * width / GRID);
                long sum = 0;
                for (int y = top; y < bottom; y++) {
                    for (int x = left; x < right; x++) {
                        sum += grey[y * width + x];
                    }
                }
                cells[row][column] = sum / (double) ((bottom - top) * (right - left));
            }
        }
    }

    private void makeRelief() {
        for (int row = 0; row < GRID; row++) {
            for (int column = 0; column < GRID; column++) {
                double sum = 0;
                int count = 0;
                for (int y = Math.max(0, row - LIGHT); y <= Math.min(GRID - 1, row + LIGHT); y++) {
                    for (int x = Math.max(0, column - LIGHT); x <= Math.min(GRID - 1, column + LIGHT); x++) {
                        sum += cells[y][x];
                        count++;
                    }
                }
                relief[row][column] = cells[row][column] - sum / count;
            }
        }
    }

    private double mirrorCorrelation(int shift) {
        double product = 0;
        double energy = 0;
        for (double[] row : relief) {
            for (int column = 0; column < GRID; column++) {
                int mirrored = GRID - 1 - column + shift;
                if (mirrored >= 0 && mirrored < GRID) {
                    product += row[column] * row[mirrored];
                    energy += row[column] * row[column];
                }
            }
        }
        return energy < 1e-6 ? 0 : product / energy;
    }
}
