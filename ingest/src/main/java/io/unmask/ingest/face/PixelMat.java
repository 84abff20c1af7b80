package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.Picture.Pixels;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/** A picture's pixels as OpenCV sees them; native ones are not copied. Valid as long as they are. One thread. */
final class PixelMat implements AutoCloseable {
    private final BytePointer bytes;
    private final Mat mat;

    private PixelMat(Pixels pixels, int width, int height, int type) {
        bytes = new BytePointer(pixels.bytes());
        mat = new Mat(height, width, type, bytes, pixels.stride());
    }

    static PixelMat luma(Picture picture) {
        return new PixelMat(picture.luma(), picture.width(), picture.height(), CV_8UC1);
    }

    static PixelMat rgb(Picture picture, int left, int top, int width, int height) {
        return new PixelMat(picture.rgb(left, top, width, height), width, height, CV_8UC3);
    }

    /** The pixels as a matrix, which belongs to this object. */
    Mat mat() {
        return mat;
    }

    /**
     * Averages down to a size. It is halved as often as possible, which OpenCV does thirty times faster than any other factor.
     * A side of odd length loses its last line in a halving.
     */
    static void average(Mat from, Mat to, int width, int height) {
        int halfWidth = from.cols() / 2;
        int halfHeight = from.rows() / 2;
        if (halfWidth < width || halfHeight < height) {
            try (Size size = new Size(width, height)) {
                resize(from, to, size, 0, 0, INTER_AREA);
            }
            return;
        }
        try (Rect even = new Rect(0, 0, 2 * halfWidth, 2 * halfHeight);
                Mat whole = new Mat(from, even);
                Size size = new Size(halfWidth, halfHeight);
                Mat half = new Mat()) {
            resize(whole, half, size, 0, 0, INTER_AREA);
            average(half, to, width, height);
        }
    }

    @Override
    public void close() {
        mat.close();
        bytes.close();
    }
}
