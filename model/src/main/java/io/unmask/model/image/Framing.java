package io.unmask.model.image;

import io.unmask.ingest.clip.RgbFrame;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point2f;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * The square window that a network sees of a stored crop: where the face detector might have put its box.
 *
 * @param side of the window over the side of the crop; beyond 1 the edge is repeated
 * @param shiftX of the centre, over the side of the crop
 * @param shiftY of the centre, over the side of the crop
 * @param degrees of rotation
 * @param mirrored left to right
 */
public record Framing(double side, double shiftX, double shiftY, double degrees, boolean mirrored) {

    /** What serving sees of a crop that was stored with a margin; all of one that is narrower. */
    public static Framing serving(double margin) {
        return new Framing(Math.min(1, 1 / margin), 0, 0, 0, false);
    }

    /**
     * A random framing, as a face detector's boxes vary.
     *
     * @param margin side of the stored crop over the side of the crop at serving
     * @param jitter largest change of side and twice the largest shift, as a share
     */
    public static Framing random(RandomGenerator random, double margin, double jitter) {
        // A crop that is narrower than at serving is framed so that it fits: its repeated edge would be learnt.
        double side = Math.min(1, (1 + within(random, jitter)) / margin);
        double shift = jitter / 2 / margin;
        double degrees = random.nextInt(3) == 0 ? random.nextDouble(-10, 10) : 0;
        return new Framing(side, within(random, shift), within(random, shift), degrees, random.nextBoolean());
    }

    /** Evenly from -limit to limit, which may be 0. */
    private static double within(RandomGenerator random, double limit) {
        return limit * (2 * random.nextDouble() - 1);
    }

    /** The window at full resolution. */
    public Mat window(Mat crop) {
        int sidePx = Math.max(8, (int) Math.round(side * crop.cols()));
        int x = (int) Math.round((0.5 + shiftX) * crop.cols() - sidePx / 2.0);
        int y = (int) Math.round((0.5 + shiftY) * crop.rows() - sidePx / 2.0);
        Rect place = new Rect(x, y, sidePx, sidePx);
        Mat out = degrees == 0 ? cut(crop, place) : turned(crop, place);
        if (mirrored) {
            opencv_core.flip(out, out, 1);
        }
        return out;
    }

    /** The window at the network's size, untouched otherwise. */
    public RgbFrame apply(RgbFrame crop, int sizePx) {
        try (var scope = new PointerScope()) {
            return Pictures.frame(Pictures.resized(window(Pictures.mat(crop)), sizePx, sizePx));
        }
    }

    /** The part of the place that the crop covers, and its edge repeated where the place reaches beyond. */
    private static Mat cut(Mat crop, Rect place) {
        int left = Math.max(0, -place.x());
        int top = Math.max(0, -place.y());
        int right = Math.max(0, place.x() + place.width() - crop.cols());
        int bottom = Math.max(0, place.y() + place.height() - crop.rows());
        Rect covered = new Rect(
                place.x() + left, place.y() + top, place.width() - left - right, place.height() - top - bottom);
        Mat out = new Mat();
        // Isolated, so that the pixels around the covered part do not count as its edge.
        int border = opencv_core.BORDER_REPLICATE | opencv_core.BORDER_ISOLATED;
        opencv_core.copyMakeBorder(new Mat(crop, covered), out, top, bottom, left, right, border);
        return out;
    }

    /** The place in the crop when that has been turned about its middle; only the place is drawn. */
    private Mat turned(Mat crop, Rect place) {
        Mat turn = opencv_imgproc.getRotationMatrix2D(new Point2f(crop.cols() / 2f, crop.rows() / 2f), degrees, 1);
        try (DoubleIndexer index = turn.createIndexer()) {
            index.put(0, 2, index.get(0, 2) - place.x());
            index.put(1, 2, index.get(1, 2) - place.y());
        }
        Mat out = new Mat();
        opencv_imgproc.warpAffine(
                crop,
                out,
                turn,
                new Size(place.width(), place.height()),
                opencv_imgproc.INTER_LINEAR,
                opencv_core.BORDER_REPLICATE,
                new Scalar());
        return out;
    }
}
