package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import io.unmask.ingest.clip.FaceBox;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Finds places that may be faces with few windows. OpenCV moves the cascade's window by two pixels of a plane that it
 * shrinks to no less than a half, and by one beyond, which takes four times as many. So the plane is halved instead, and a
 * single hit counts. One thread.
 */
final class CoarseSearch implements AutoCloseable {
    /** Side of the cascade's window, in pixels. */
    private static final int WINDOW_PX = 20;

    /** From size to size in the whole plane. What {@link FrontalSearch} finds is missed once in a hundred pictures. */
    private static final double STEP = 1.4;

    /** How much two hits on a face overlap, as intersection over union. */
    private static final double SAME_HIT = 0.35;

    private final Cascade frontal;
    private final Mat half = new Mat();

    /** @param frontal the caller's */
    CoarseSearch(Cascade frontal) {
        this.frontal = frontal;
    }

    /**
     * Places in the plane that may be faces, as the cascade would hit them.
     *
     * @param minSide of a hit, in pixels of the plane
     */
    List<FaceBox> candidates(Mat plane, int minSide) {
        List<FaceHit> hits = new ArrayList<>();
        Mat level = plane;
        int min = minSide;
        for (int scale = 1; ; scale *= 2) {
            boolean isLast = Math.min(level.cols(), level.rows()) < 2 * WINDOW_PX;
            Cascade.Sizes sizes = new Cascade.Sizes(STEP, min, isLast ? Integer.MAX_VALUE : 2 * WINDOW_PX - 1);
            for (FaceHit hit : min < sizes.max() ? frontal.search(level, sizes, 0) : List.<FaceHit>of()) {
                FaceBox box = hit.box();
                hits.add(new FaceHit(
                        new FaceBox(box.x() * scale, box.y() * scale, box.width() * scale, box.height() * scale),
                        hit.score()));
            }
            if (isLast) {
                return groups(hits);
            }
            try (Size size = new Size(level.cols() / 2, level.rows() / 2)) {
                resize(level, half, size, 0, 0, INTER_AREA);
            }
            level = half;
            min = Math.max(WINDOW_PX, min / 2);
        }
    }

    private static List<FaceBox> groups(List<FaceHit> hits) {
        List<List<FaceBox>> groups = new ArrayList<>();
        for (FaceHit hit : hits) {
            groups.stream()
                    .filter(group -> group.get(0).overlap(hit.box()) >= SAME_HIT)
                    .findFirst()
                    .ifPresentOrElse(
                            group -> group.add(hit.box()), () -> groups.add(new ArrayList<>(List.of(hit.box()))));
        }
        return groups.stream().map(CoarseSearch::mean).toList();
    }

    private static FaceBox mean(List<FaceBox> boxes) {
        double x = 0;
        double y = 0;
        double side = 0;
        for (FaceBox box : boxes) {
            x += box.x() / boxes.size();
            y += box.y() / boxes.size();
            side += box.width() / boxes.size();
        }
        return new FaceBox(x, y, side, side);
    }

    @Override
    public void close() {
        half.close();
    }
}
