package io.unmask.model.image;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** A smooth random field that bends pictures, drawn once for all of one size. Not thread-safe. */
final class Bend {
    private final double amplitude;
    private final int cells;
    private final long seed;
    private int rows;
    private int cols;
    /** {@code [rows,cols]} of (x, y), on the heap: a matrix would end with the scope of the first picture. */
    private float[] sources = {};

    /**
     * @param amplitude largest displacement over the picture's width
     * @param cells of the field along a side: more bend it finer
     */
    Bend(double amplitude, int cells, long seed) {
        this.amplitude = amplitude;
        this.cells = cells;
        this.seed = seed;
    }

    /** Where each pixel comes from: float {@code [rows,cols]} of (x, y). */
    Mat map(int rows, int cols) {
        if (this.rows != rows || this.cols != cols) {
            draw(rows, cols);
        }
        Mat map = new Mat(rows, cols, opencv_core.CV_32FC2);
        new FloatPointer(map.data()).put(sources);
        return map;
    }

    private void draw(int rows, int cols) {
        Mat displacements = displacements(rows, cols);
        sources = new float[2 * rows * cols];
        new FloatPointer(displacements.data()).get(sources);
        for (int y = 0, at = 0; y < rows; y++) {
            for (int x = 0; x < cols; x++, at += 2) {
                sources[at] += x;
                sources[at + 1] += y;
            }
        }
        this.rows = rows;
        this.cols = cols;
    }

    /** Float {@code [rows,cols]} of (x, y). */
    private Mat displacements(int rows, int cols) {
        Mat field = new Mat(cells, cells, opencv_core.CV_32FC2);
        double reach = amplitude * cols;
        opencv_core.setRNGSeed((int) seed); // of this thread
        opencv_core.randu(
                field,
                new Mat(1, 1, opencv_core.CV_64FC1, new Scalar(-reach)),
                new Mat(1, 1, opencv_core.CV_64FC1, new Scalar(reach)));
        Mat smooth = new Mat();
        opencv_imgproc.resize(field, smooth, new Size(cols, rows), 0, 0, opencv_imgproc.INTER_CUBIC);
        return smooth;
    }
}
