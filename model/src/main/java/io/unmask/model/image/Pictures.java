package io.unmask.model.image;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.natives.NativeLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** Turns frames into OpenCV's matrices and back. A matrix belongs to the caller's {@link PointerScope}. */
public final class Pictures {
    private Pictures() {}

    static {
        NativeLibraries.load(opencv_core.class, opencv_imgproc.class, opencv_imgcodecs.class);
        // The loader's own threads are the parallelism; OpenCV's would fight with TensorFlow's.
        opencv_core.setNumThreads(1);
    }

    public static Mat mat(RgbFrame frame) {
        Mat mat = new Mat(frame.height(), frame.width(), opencv_core.CV_8UC3);
        mat.data().put(frame.rgb());
        return mat;
    }

    public static RgbFrame frame(Mat mat) {
        byte[] rgb = new byte[mat.rows() * mat.cols() * 3];
        Mat whole = mat.isContinuous() ? mat : mat.clone();
        whole.data().get(rgb);
        return new RgbFrame(mat.cols(), mat.rows(), rgb);
    }

    /** Resizes a picture, without aliases when it shrinks. A picture of the right size is returned as it is. */
    public static Mat resized(Mat mat, int width, int height) {
        if (mat.cols() == width && mat.rows() == height) {
            return mat;
        }
        Mat out = new Mat();
        boolean shrinks = width <= mat.cols() && height <= mat.rows();
        opencv_imgproc.resize(
                mat,
                out,
                new Size(width, height),
                0,
                0,
                shrinks ? opencv_imgproc.INTER_AREA : opencv_imgproc.INTER_CUBIC);
        return out;
    }

    /** Resizes to a square as {@link #resized} does, but interpolates what shrinks by a fifth at most, in a fourth of the time. */
    public static Mat scaled(Mat mat, int sidePx) {
        boolean isLittleLarger = mat.cols() > sidePx && 4 * mat.cols() <= 5 * sidePx;
        return isLittleLarger ? interpolated(mat, sidePx) : resized(mat, sidePx, sidePx);
    }

    /** Resizes to a square by interpolating between four neighbours; a picture that shrinks gets aliases. */
    public static Mat interpolated(Mat mat, int sidePx) {
        Mat out = new Mat();
        opencv_imgproc.resize(mat, out, new Size(sidePx, sidePx), 0, 0, opencv_imgproc.INTER_LINEAR);
        return out;
    }

    /** A square picture in another size; see {@link #scaled}. */
    public static RgbFrame square(RgbFrame frame, int sidePx) {
        try (var scope = new PointerScope()) {
            return frame(scaled(mat(frame), sidePx));
        }
    }

    /**
     * Decodes a picture file.
     *
     * @throws IOException naming the file when it is missing or is no picture
     */
    public static RgbFrame read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try (var scope = new PointerScope()) {
            Mat bgr = bytes.length == 0
                    ? new Mat()
                    : opencv_imgcodecs.imdecode(
                            new Mat(1, bytes.length, opencv_core.CV_8UC1, new BytePointer(bytes)),
                            opencv_imgcodecs.IMREAD_COLOR_RGB);
            if (bgr.empty()) {
                throw new IOException(file + ": not a picture that OpenCV can decode");
            }
            return frame(bgr);
        }
    }

    /** Whether a file begins as a picture that {@link #read} can decode. */
    public static boolean isPicture(Path file) {
        return opencv_imgcodecs.haveImageReader(file.toString());
    }

    /** Writes a PNG. */
    public static void write(RgbFrame frame, Path file) throws IOException {
        Files.write(file, png(frame));
    }

    /** A PNG file's bytes. */
    public static byte[] png(RgbFrame frame) {
        try (var scope = new PointerScope()) {
            Mat bgr = new Mat();
            opencv_imgproc.cvtColor(mat(frame), bgr, opencv_imgproc.COLOR_RGB2BGR);
            var png = new BytePointer();
            opencv_imgcodecs.imencode(".png", bgr, png);
            byte[] bytes = new byte[Math.toIntExact(png.limit())];
            png.get(bytes);
            return bytes;
        }
    }
}
