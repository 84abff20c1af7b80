package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import io.unmask.ingest.clip.FaceBox;
import java.util.function.Function;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/** Looks into a box for what only a face has: eyes, or the looks that other cascades know. One thread. */
final class SecondLook implements AutoCloseable {
    private static final String EYE = "haarcascade_eye.xml";
    /** A second look sees the box at this side, and so much of what surrounds it. */
    private static final int LOOK_SIDE_PX = 120;

    private static final double LOOK_REACH = 1.6;

    /** Eyes lie in the upper part of the box; it may be off by this share of its side. */
    private static final double EYES_DOWN_TO = 0.575;

    private static final double EYES_MARGIN = 0.05;
    private static final int EYE_MIN_PX = 20;
    private static final Cascade.Sizes EYE_SIZES = new Cascade.Sizes(FrontalSearch.STEP, EYE_MIN_PX, 60);
    private static final int EYE_NEIGHBOURS = 3;

    /**
     * Overlapping hits of the other frontal cascades that stand for a face without visible eyes. Walls, ears and
     * necklines had 8 and 15 at most.
     */
    private static final int ALT_NEIGHBOURS = 12;

    private static final int DEFAULT_NEIGHBOURS = 20;

    private static final Cascade.Sizes FACE_SIZES = new Cascade.Sizes(FrontalSearch.STEP, 85, Integer.MAX_VALUE);

    private final Function<String, Cascade> cascades;
    private final Mat near = new Mat();

    /** @param cascades by name; the caller's */
    SecondLook(Function<String, Cascade> cascades) {
        this.cascades = cascades;
    }

    /** @param grey the picture's brightness */
    boolean confirms(Mat grey, FaceBox box) {
        double reach = box.width() * LOOK_REACH;
        FaceBox area =
                new FaceBox(box.x() + (box.width() - reach) / 2, box.y() + (box.height() - reach) / 2, reach, reach);
        double factor = LOOK_SIDE_PX / box.width();
        double left;
        double top;
        try (Rect region = PixelMat.part(area, 1, grey)) {
            if (region.width() < box.width() / 2 || region.height() < box.height() / 2) {
                return false;
            }
            try (Mat part = new Mat(grey, region);
                    Size none = new Size()) {
                resize(part, near, none, factor, factor, factor < 1 ? INTER_AREA : INTER_CUBIC);
            }
            left = region.x();
            top = region.y();
        }
        FaceBox seen = new FaceBox(
                (box.x() - left) * factor, (box.y() - top) * factor, box.width() * factor, box.height() * factor);
        return showsEye(seen)
                || showsFace(cascades.apply("haarcascade_frontalface_alt.xml"), ALT_NEIGHBOURS, seen)
                || showsFace(cascades.apply("haarcascade_frontalface_default.xml"), DEFAULT_NEIGHBOURS, seen);
    }

    private boolean showsEye(FaceBox seen) {
        double margin = EYES_MARGIN * seen.width();
        FaceBox upper = new FaceBox(
                seen.x() - margin,
                seen.y() - margin,
                seen.width() + 2 * margin,
                seen.height() * EYES_DOWN_TO + 2 * margin);
        try (Rect region = PixelMat.part(upper, 1, near)) {
            if (region.width() < EYE_MIN_PX || region.height() < EYE_MIN_PX) {
                return false;
            }
            try (Mat eyes = new Mat(near, region)) {
                return !cascades.apply(EYE)
                        .search(eyes, EYE_SIZES, EYE_NEIGHBOURS)
                        .isEmpty();
            }
        }
    }

    private boolean showsFace(Cascade cascade, int neighbours, FaceBox seen) {
        return cascade.search(near, FACE_SIZES, neighbours).stream()
                .map(hit -> CascadeFaceDetector.faceBox(hit.box(), 0, 0, 1))
                .anyMatch(box -> box.overlap(seen) >= FrontalSearch.SAME_FACE);
    }

    @Override
    public void close() {
        near.close();
    }
}
