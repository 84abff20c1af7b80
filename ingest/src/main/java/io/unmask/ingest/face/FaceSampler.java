package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;

/** Cuts faces out of pictures and measures them; numbers them in the order in which they are cut. One thread. */
final class FaceSampler implements AutoCloseable {
    private final FaceCropper cropper;
    private final FaceQualities qualities = new FaceQualities();
    private long sequence;

    FaceSampler(CropSpec crop) {
        cropper = new FaceCropper(crop);
    }

    FaceSample cut(long timeMicros, Picture picture, FaceHit face) {
        double roll = face.landmarks().map(FaceLandmarks::roll).orElse(0.0);
        RgbFrame crop = cropper.crop(picture, face.box(), roll);
        FaceQuality quality = qualities.measure(face, crop);
        return new FaceSample(sequence++, timeMicros, face.box(), face.landmarks(), quality, crop);
    }

    @Override
    public void close() {
        qualities.close();
    }
}
