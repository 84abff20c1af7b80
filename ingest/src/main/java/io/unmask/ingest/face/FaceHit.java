package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import java.util.Optional;

/**
 * A face that a detector found.
 *
 * @param box the square from brow to chin, the same for every detector
 * @param score from 0 to 1; higher is surer
 * @param landmarks when they are good enough to align the face by; the box is made from them then
 */
public record FaceHit(FaceBox box, double score, Optional<FaceLandmarks> landmarks) {
    /** The hit, moved to the right and down. */
    FaceHit moved(double right, double down) {
        return new FaceHit(box.moved(right, down), score, landmarks.map(points -> points.moved(right, down)));
    }
}
