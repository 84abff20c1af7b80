package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceBox;
import java.util.Comparator;
import java.util.Optional;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;

/** Finds a face on the shrunk picture where one should be: around a box, at its size. One thread. */
final class FrontalSearch {
    static final double SAME_FACE = 0.3;
    static final double STEP = 1.1;

    /** How far a face may be from where it was. */
    static final Reach REACH = new Reach(2, 1.5);

    private final Cascade frontal;
    private final int minNeighbours;

    /**
     * How far is searched.
     *
     * @param sides side of the neighbourhood over side of the face
     * @param sizeRange how much the face may have grown or shrunk
     */
    record Reach(double sides, double sizeRange) {
        /** The neighbourhood of a face, around what the cascade would have hit. */
        FaceBox around(FaceBox face) {
            double side = face.width() / CascadeFaceDetector.BOX_SCALE;
            double reach = side * sides;
            return new FaceBox(
                    face.x() + (face.width() - reach) / 2,
                    face.y() + (face.height() - reach) / 2 - side * CascadeFaceDetector.BOX_DROP,
                    reach,
                    reach);
        }

        /** For a face whose hit has this side. */
        Cascade.Sizes sizes(double side) {
            return new Cascade.Sizes(STEP, (int) (side / sizeRange), (int) (side * sizeRange));
        }
    }

    /** @param frontal the caller's */
    FrontalSearch(Cascade frontal, int minNeighbours) {
        this.frontal = frontal;
        this.minNeighbours = minNeighbours;
    }

    /**
     * The surest hit that overlaps the box.
     *
     * @param last in the picture
     * @param plane the picture shrunk by the factor
     */
    Optional<FaceHit> around(FaceBox last, Mat plane, double factor) {
        double side = last.width() / CascadeFaceDetector.BOX_SCALE * factor;
        try (Rect region = PixelMat.part(REACH.around(last), factor, plane)) {
            if (region.width() < side / 2 || region.height() < side / 2) {
                return Optional.empty();
            }
            try (Mat part = new Mat(plane, region)) {
                return frontal.search(part, REACH.sizes(side), minNeighbours).stream()
                        .map(hit -> new FaceHit(
                                CascadeFaceDetector.faceBox(
                                        hit.box(), region.x() / factor, region.y() / factor, factor),
                                hit.score()))
                        .filter(hit -> hit.box().overlap(last) >= SAME_FACE)
                        .max(Comparator.comparingDouble(FaceHit::score));
            }
        }
    }
}
