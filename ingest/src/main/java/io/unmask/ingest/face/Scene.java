package io.unmask.ingest.face;

import io.unmask.ingest.clip.Picture;
import java.nio.ByteBuffer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * What a whole picture looks like, coarsely. The arrays are the reader's.
 *
 * @param shares which share of the picture has which of sixteen levels of brightness
 * @param cells rows of mean brightness
 */
record Scene(float[] shares, float[] cells) {
    private static final int LEVELS = 16;
    private static final int WIDTH = 32;
    private static final int HEIGHT = 18;

    static Scene of(Picture picture) {
        float[] shares = new float[LEVELS];
        float[] cells = new float[WIDTH * HEIGHT];
        try (PixelMat luma = PixelMat.luma(picture);
                Mat small = new Mat()) {
            PixelMat.average(luma.mat(), small, 2 * WIDTH, 2 * HEIGHT);
            ByteBuffer levels = small.createBuffer();
            for (int i = 0; i < 4 * cells.length; i++) {
                int level = levels.get(i) & 255;
                shares[level * LEVELS / 256] += 1f / (4 * cells.length);
                cells[i / (4 * WIDTH) * WIDTH + i % (2 * WIDTH) / 2] += level / 4f;
            }
        }
        return new Scene(shares, cells);
    }

    /** The share of two pictures that differs in brightness, from 0 to 1 (Swain and Ballard, 1991). */
    double lightDifference(Scene other) {
        double shared = 0;
        for (int level = 0; level < LEVELS; level++) {
            shared += Math.min(shares[level], other.shares[level]);
        }
        return 1 - shared;
    }

    /** How different two pictures are, whatever their brightness and contrast: 0 when they are alike. */
    double structureDifference(Scene other) {
        return 1 - Correlation.of(cells, other.cells);
    }
}
