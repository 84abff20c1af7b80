package io.unmask.ingest.face;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.face.FaceDetector.Reach;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Cuts the main face out of still pictures, to learn from. Many such pictures were cut around a face already, so that a
 * crop takes in no more than the picture holds. Owns native memory: whoever makes it closes it, and one thread at a time
 * uses it.
 */
public final class StillFaces implements AutoCloseable {
    /** A crop reaches beyond the picture rather than be narrower than this, over the side of the face's box. */
    private static final double LEAST_SCALE = 1.05;

    private final FaceDetector detector;
    private final FaceQualities qualities = new FaceQualities();
    private final double minScore;

    public StillFaces(Settings.Face settings) {
        detector = FaceDetector.open(settings);
        minScore = settings.minScore();
    }

    /**
     * The main face of a picture.
     *
     * @param scale side of its crop over the side of the face's box
     */
    public record Still(FaceSample sample, double scale) {}

    /**
     * Cuts the largest face.
     *
     * @param wanted size of the crop, and its scale where the picture reaches that far
     * @return empty when there is no face for certain
     */
    public Optional<Still> main(RgbFrame frame, CropSpec wanted) {
        return detector.search(frame, Reach.ALL_FACES, List.of()).stream()
                .filter(hit -> hit.score() >= minScore)
                .max(Comparator.comparingDouble(hit -> hit.box().width()))
                .map(hit -> cut(frame, hit, wanted));
    }

    private Still cut(RgbFrame picture, FaceHit face, CropSpec wanted) {
        FaceBox box = face.box();
        double x = box.x() + box.width() / 2;
        double y = box.y() + box.height() / 2;
        double reach = 2 * Math.min(Math.min(x, picture.width() - x), Math.min(y, picture.height() - y));
        double scale = Math.min(wanted.scale(), Math.max(LEAST_SCALE, reach / box.width()));
        double roll = face.landmarks().map(FaceLandmarks::roll).orElse(0.0);
        RgbFrame crop = new FaceCropper(new CropSpec(wanted.size(), scale)).crop(picture, box, roll);
        return new Still(new FaceSample(0, 0, box, face.landmarks(), qualities.measure(face, crop), crop), scale);
    }

    @Override
    public void close() {
        qualities.close();
        detector.close();
    }
}
