package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.RgbFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Cuts a square around a face and brings it to the model's size: averaged when it shrinks, so that nothing aliases,
 * and cubic when it grows. Beyond the picture its edge is repeated. Safe for any number of threads.
 */
public final class FaceCropper {
    /** Pixels of the largest square that is cut: its bytes are held at once. */
    private static final int MAX_SIDE_PX = 8192;

    private final CropSpec spec;

    public FaceCropper(CropSpec spec) {
        this.spec = spec;
    }

    /**
     * Returns a new {@code size × size} picture; the box may reach beyond the picture. One that is larger than the
     * picture is taken for as large, around its centre.
     */
    public RgbFrame crop(RgbFrame picture, FaceBox box) {
        double face = Math.min(Math.max(box.width(), box.height()), Math.max(picture.width(), picture.height()));
        double wanted = face * spec.scale();
        int side = (int) Math.max(1, Math.min(MAX_SIDE_PX, Math.round(wanted)));
        int left = (int) Math.round(box.x() + (box.width() - side) / 2);
        int top = (int) Math.round(box.y() + (box.height() - side) / 2);
        byte[] square = cut(picture, left, top, side);
        return new RgbFrame(spec.size(), spec.size(), side == spec.size() ? square : resized(square, side));
    }

    private static byte[] cut(RgbFrame picture, int left, int top, int side) {
        byte[] from = picture.rgb();
        byte[] square = new byte[side * side * 3];
        int first = Math.max(0, Math.min(side, -left));
        int last = Math.max(first, Math.min(side, picture.width() - left));
        for (int row = 0; row < side; row++) {
            int line = Math.min(picture.height() - 1, Math.max(0, top + row)) * picture.width();
            int to = row * side * 3;
            if (last > first) {
                System.arraycopy(from, (line + left + first) * 3, square, to + first * 3, (last - first) * 3);
            }
            repeat(from, line * 3, square, to, to + first * 3);
            repeat(from, (line + picture.width() - 1) * 3, square, to + last * 3, to + side * 3);
        }
        return square;
    }

    private static void repeat(byte[] from, int pixel, byte[] to, int start, int end) {
        for (int i = start; i < end; i += 3) {
            to[i] = from[pixel];
            to[i + 1] = from[pixel + 1];
            to[i + 2] = from[pixel + 2];
        }
    }

    private byte[] resized(byte[] square, int side) {
        byte[] result = new byte[spec.size() * spec.size() * 3];
        try (BytePointer bytes = new BytePointer(square);
                Mat from = new Mat(side, side, CV_8UC3, bytes);
                Mat to = new Mat(spec.size(), spec.size(), CV_8UC3);
                Size size = new Size(spec.size(), spec.size());
                BytePointer pixels = to.data()) {
            resize(from, to, size, 0, 0, side > spec.size() ? INTER_AREA : INTER_CUBIC);
            pixels.get(result);
        }
        return result;
    }
}
