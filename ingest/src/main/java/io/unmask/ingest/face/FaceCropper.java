package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.CV_64F;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.WARP_INVERSE_MAP;
import static org.bytedeco.opencv.global.opencv_imgproc.warpAffine;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Cuts a square around a face, turns it upright and brings it to the model's size: it is averaged first when it shrinks,
 * so that nothing aliases, and then resampled by a cubic. Beyond the picture its edge is repeated. Safe for any number of
 * threads.
 */
public final class FaceCropper {
    /** Pixels beside the square that the cubic reads. */
    private static final int MARGIN_PX = 2;

    private final CropSpec spec;

    public FaceCropper(CropSpec spec) {
        this.spec = spec;
    }

    /**
     * Returns a new {@code size × size} picture; the box may reach beyond the picture. One that is larger than the
     * picture is taken for as large, around its centre.
     *
     * @param roll by how much the square is turned around its centre, in radians, clockwise
     */
    public RgbFrame crop(Picture picture, FaceBox box, double roll) {
        double face = Math.min(Math.max(box.width(), box.height()), Math.max(picture.width(), picture.height()));
        double side = face * spec.scale();
        double shrink = Math.min(1, spec.size() / side);
        double reach = side / 2 * (Math.abs(Math.cos(roll)) + Math.abs(Math.sin(roll))) + MARGIN_PX / shrink;
        double centreX = box.x() + box.width() / 2;
        double centreY = box.y() + box.height() / 2;
        Span across = Span.around(centreX, reach, picture.width());
        Span down = Span.around(centreY, reach, picture.height());
        int width = (int) Math.max(1, Math.round(across.length * shrink));
        int height = (int) Math.max(1, Math.round(down.length * shrink));
        try (PixelMat part = PixelMat.rgb(picture, across.from, down.from, across.length, down.length);
                Mat small = new Mat()) {
            if (shrink < 1) {
                PixelMat.average(part.mat(), small, width, height);
            } else {
                part.mat().copyTo(small);
            }
            Warp warp = new Warp(
                    (centreX - across.from) * width / across.length,
                    (centreY - down.from) * height / down.length,
                    side / spec.size() * width / across.length,
                    side / spec.size() * height / down.length,
                    roll);
            return warped(small, warp);
        }
    }

    private RgbFrame warped(Mat from, Warp warp) {
        byte[] crop = new byte[spec.size() * spec.size() * 3];
        try (Mat matrix = warp.matrix(spec.size());
                Mat out = new Mat();
                Size size = new Size(spec.size(), spec.size());
                Scalar none = new Scalar()) {
            warpAffine(from, out, matrix, size, INTER_CUBIC | WARP_INVERSE_MAP, BORDER_REPLICATE, none);
            try (BytePointer pixels = out.data()) {
                pixels.get(crop);
            }
        }
        return new RgbFrame(spec.size(), spec.size(), crop);
    }

    /**
     * From a place in the crop to the place in the part of the picture that is seen there.
     *
     * @param centreX of the square in the part
     * @param stepX pixels of the part to a pixel of the crop
     */
    private record Warp(double centreX, double centreY, double stepX, double stepY, double roll) {
        /** OpenCV counts places from the middle of the first pixel. */
        Mat matrix(int size) {
            double half = (size - 1) / 2.0;
            double cosX = Math.cos(roll) * stepX;
            double sinX = Math.sin(roll) * stepX;
            double cosY = Math.cos(roll) * stepY;
            double sinY = Math.sin(roll) * stepY;
            Mat matrix = new Mat(2, 3, CV_64F);
            try (DoubleIndexer values = matrix.createIndexer()) {
                values.put(0, 0, cosX, -sinX, centreX - 0.5 - (cosX - sinX) * half);
                values.put(1, 0, sinY, cosY, centreY - 0.5 - (sinY + cosY) * half);
            }
            return matrix;
        }
    }

    /** What a side of the square shares with the picture: at least a line of pixels, which is then its edge. */
    private record Span(int from, int length) {
        static Span around(double centre, double reach, int pictureSide) {
            int from = (int) Math.max(0, Math.min(pictureSide - 1, Math.floor(centre - reach)));
            int to = (int) Math.max(from + 1, Math.min(pictureSide, Math.ceil(centre + reach)));
            return new Span(from, to - from);
        }
    }
}
