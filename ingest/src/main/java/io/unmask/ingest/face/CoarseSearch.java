package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceBox;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;

/** Finds places that may be faces by few sizes of the window, each hit of which counts. One thread. */
final class CoarseSearch {
    /** From size to size. Finds as many faces as 1.25 and two overlapping hits do, in three fifths of the time. */
    private static final double STEP = 1.4;

    /** How much two hits on a face overlap, as intersection over union. */
    private static final double SAME_HIT = 0.35;

    private final Cascade frontal;

    /** @param frontal the caller's */
    CoarseSearch(Cascade frontal) {
        this.frontal = frontal;
    }

    /**
     * Means of hits that overlap, in pixels of the plane.
     *
     * @param minSide of a hit
     */
    List<FaceBox> candidates(Mat plane, int minSide) {
        List<List<FaceBox>> groups = new ArrayList<>();
        for (FaceHit hit : frontal.search(plane, new Cascade.Sizes(STEP, minSide, Integer.MAX_VALUE), 0)) {
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
}
