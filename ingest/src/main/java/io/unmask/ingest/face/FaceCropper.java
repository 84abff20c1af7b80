package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.BORDER_REPLICATE;
import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
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
    public RgbFrame crop(Picture picture, FaceBox box) {
        double face = Math.min(Math.max(box.width(), box.height()), Math.max(picture.width(), picture.height()));
        double wanted = face * spec.scale();
        int side = (int) Math.max(1, Math.min(MAX_SIDE_PX, Math.round(wanted)));
        Span across = Span.of((int) Math.round(box.x() + (box.width() - side) / 2), side, picture.width());
        Span down = Span.of((int) Math.round(box.y() + (box.height() - side) / 2), side, picture.height());
        byte[] crop = new byte[spec.size() * spec.size() * 3];
        try (PixelMat part = PixelMat.rgb(picture, across.from, down.from, across.length, down.length);
                Mat square = new Mat();
                Mat scaled = new Mat();
                Size size = new Size(spec.size(), spec.size())) {
            Mat whole = part.mat();
            if (across.length < side || down.length < side) {
                copyMakeBorder(
                        whole,
                        square,
                        down.before,
                        down.after(side),
                        across.before,
                        across.after(side),
                        BORDER_REPLICATE);
                whole = square;
            }
            if (side > spec.size()) {
                PixelMat.average(whole, scaled, spec.size(), spec.size());
            } else {
                resize(whole, scaled, size, 0, 0, INTER_CUBIC);
            }
            try (BytePointer pixels = scaled.data()) {
                pixels.get(crop);
            }
        }
        return new RgbFrame(spec.size(), spec.size(), crop);
    }

    /**
     * What a side of the square shares with the picture: at least a line of pixels, which is then its edge.
     *
     * @param before pixels of the side before it
     */
    private record Span(int from, int length, int before) {
        static Span of(int start, int side, int pictureSide) {
            int from = Math.max(0, Math.min(pictureSide - 1, start));
            int to = Math.max(from + 1, Math.min(pictureSide, start + side));
            return new Span(from, to - from, Math.max(0, Math.min(side - 1, from - start)));
        }

        int after(int side) {
            return side - before - length;
        }
    }
}
