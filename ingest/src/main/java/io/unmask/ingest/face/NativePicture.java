package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import io.unmask.ingest.clip.RgbFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** A picture in native memory, which is reused from picture to picture. One thread at a time. */
final class NativePicture implements AutoCloseable {
    private Mat rgb = new Mat();

    /** Copies the picture in; the result is valid until the next call. */
    Mat load(RgbFrame picture) {
        if (rgb.cols() != picture.width() || rgb.rows() != picture.height()) {
            rgb.close();
            rgb = new Mat(picture.height(), picture.width(), CV_8UC3);
        }
        try (BytePointer pixels = rgb.data()) {
            pixels.put(picture.rgb());
        }
        return rgb;
    }

    /** Averages down until the longer side is {@code maxSide}; a smaller picture is copied. Returns the factor. */
    static double shrink(Mat from, Mat to, int maxSide) {
        int longer = Math.max(from.cols(), from.rows());
        if (longer <= maxSide) {
            from.copyTo(to);
            return 1;
        }
        double factor = maxSide / (double) longer;
        int width = (int) Math.max(1, Math.round(from.cols() * factor));
        int height = (int) Math.max(1, Math.round(from.rows() * factor));
        try (Size size = new Size(width, height)) {
            resize(from, to, size, 0, 0, INTER_AREA);
        }
        return factor;
    }

    @Override
    public void close() {
        rgb.close();
    }
}
