package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.CV_16S;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.meanStdDev;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_RGB2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.Laplacian;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.integral;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.RgbFrame;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;

/** Measures how well a crop can be judged. Keeps its working memory from crop to crop; one thread at a time. */
final class FaceQualities implements AutoCloseable {
    /** Symmetry is taken on a grid of so many means a side: coarse enough to leave out noise and skin. */
    private static final int GRID = 24;

    /** The middle of a face may lie so many cells beside the crop's middle. */
    private static final int SHIFT = 3;

    /** Cells around a cell whose mean is taken off, so that light from one side does not count. */
    private static final int LIGHT = 3;

    private final double[][] relief = new double[GRID][GRID];
    private final Mat grey = new Mat();
    private final Mat edges = new Mat();
    private final Mat corners = new Mat();
    /** Sum of all pixels above and left of each corner of a pixel (Crow, SIGGRAPH 1984). */
    private int[] sums = new int[0];

    FaceQuality measure(FaceBox box, RgbFrame crop) {
        int width = crop.width();
        int height = crop.height();
        try (BytePointer rgb = new BytePointer(crop.rgb());
                Mat picture = new Mat(height, width, CV_8UC3, rgb)) {
            cvtColor(picture, grey, COLOR_RGB2GRAY);
        }
        sum(width, height);
        return new FaceQuality(
                Math.max(box.width(), box.height()),
                sharpness(width, height),
                mean(0, 0, width, height, width),
                frontality(width, height));
    }

    private void sum(int width, int height) {
        integral(grey, corners);
        int count = (width + 1) * (height + 1);
        if (sums.length != count) {
            sums = new int[count];
        }
        IntBuffer all = corners.createBuffer();
        all.get(sums);
    }

    /** Mean of a rectangle in a picture of this width. */
    private double mean(int left, int top, int right, int bottom, int width) {
        int above = top * (width + 1);
        int below = bottom * (width + 1);
        int sum = sums[below + right] - sums[below + left] - sums[above + right] + sums[above + left];
        return sum / (double) ((right - left) * (bottom - top));
    }

    /** Variance of the 4-neighbour Laplacian; a blurred picture has none (Pech-Pacheco et al., ICPR 2000). */
    private double sharpness(int width, int height) {
        if (width < 3 || height < 3) {
            return 0;
        }
        Laplacian(grey, edges, CV_16S);
        try (Rect inner = new Rect(1, 1, width - 2, height - 2);
                Mat part = new Mat(edges, inner);
                Mat mean = new Mat();
                Mat deviation = new Mat()) {
            meanStdDev(part, mean, deviation);
            DoubleBuffer level = deviation.createBuffer();
            return level.get(0) * level.get(0);
        }
    }

    /** Correlation of the face with its mirror image about the best upright axis near the middle; 0 when negative. */
    private double frontality(int width, int height) {
        makeRelief(width, height);
        double best = 0;
        for (int shift = -SHIFT; shift <= SHIFT; shift++) {
            best = Math.max(best, mirrorCorrelation(shift));
        }
        return Math.min(1, best);
    }

    private void makeRelief(int width, int height) {
        for (int row = 0; row < GRID; row++) {
            for (int column = 0; column < GRID; column++) {
                double cell = cells(row, column, 0, width, height);
                relief[row][column] = cell - cells(row, column, LIGHT, width, height);
            }
        }
    }

    /** Mean of a cell and so many beside it in each direction. */
    private double cells(int row, int column, int beside, int width, int height) {
        int left = Math.max(0, column - beside) * width / GRID;
        int top = Math.max(0, row - beside) * height / GRID;
        int right = Math.min(GRID, column + beside + 1) * width / GRID;
        int bottom = Math.min(GRID, row + beside + 1) * height / GRID;
        return mean(left, top, Math.max(left + 1, right), Math.max(top + 1, bottom), width);
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

    @Override
    public void close() {
        corners.close();
        edges.close();
        grey.close();
    }
}
