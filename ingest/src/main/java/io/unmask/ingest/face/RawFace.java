package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceLandmarks.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A face as a network puts it, in pixels of the window that the network saw.
 *
 * @param box around the face as the network was trained to draw it
 */
record RawFace(double score, FaceBox box, FaceLandmarks landmarks) {
    /** Boxes that overlap more than this, as intersection over union, are the same face. */
    private static final double SAME_FACE = 0.3;

    /**
     * Makes one face of those that overlap: their mean, weighted by score, under the best score. This is how MediaPipe
     * suppresses all but the best; a mean of many is steadier than the best alone.
     */
    static List<RawFace> merged(List<RawFace> faces) {
        List<RawFace> rest = new ArrayList<>(faces);
        rest.sort(Comparator.comparingDouble(RawFace::score).reversed());
        List<RawFace> merged = new ArrayList<>();
        while (!rest.isEmpty()) {
            RawFace best = rest.get(0);
            RawFace mean = best;
            double weight = 0;
            List<RawFace> others = new ArrayList<>();
            for (RawFace face : rest) {
                if (face.equals(best) || face.box.overlap(best.box) > SAME_FACE) {
                    weight += face.score;
                    mean = mean.towards(face, face.score / weight);
                } else {
                    others.add(face);
                }
            }
            merged.add(new RawFace(best.score, mean.box, mean.landmarks));
            rest = others;
        }
        return merged;
    }

    private RawFace towards(RawFace other, double part) {
        return new RawFace(score, box.towards(other.box, part), landmarks.towards(other.landmarks, part));
    }

    /**
     * The face in the picture.
     *
     * @param left of the window in the picture
     * @param top of the window in the picture
     * @param factor pixels of the window over pixels of the picture
     */
    FaceHit inPicture(double left, double top, double factor) {
        FaceBox around = new FaceBox(
                left + box.x() / factor, top + box.y() / factor, box.width() / factor, box.height() / factor);
        FaceLandmarks points = new FaceLandmarks(
                moved(landmarks.leftEye(), left, top, factor),
                moved(landmarks.rightEye(), left, top, factor),
                moved(landmarks.nose(), left, top, factor),
                moved(landmarks.mouth(), left, top, factor));
        return points.fit(around)
                ? new FaceHit(points.box(), score, Optional.of(points))
                : new FaceHit(square(around), score, Optional.empty());
    }

    private static Point moved(Point point, double left, double top, double factor) {
        return new Point(left + point.x() / factor, top + point.y() / factor);
    }

    /** The square from brow to chin as a network's box tells it, for a face whose landmarks do not fit. */
    private static FaceBox square(FaceBox box) {
        double side = Math.max(box.width(), box.height());
        double middleX = box.x() + box.width() / 2;
        double middleY = box.y() + box.height() / 2;
        return new FaceBox(middleX - side / 2, middleY - side / 2, side, side);
    }
}
