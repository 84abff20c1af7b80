package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;

/** Cuts faces out of pictures and measures them; numbers them in the order in which they are cut. One thread. */
final class FaceSampler implements AutoCloseable {
    /** Side of the area by which a face is compared with itself, over the side of its box. */
    private static final double COMPARED_SCALE = 1.2;

    private final FaceCropper cropper;
    private final FaceQualities qualities = new FaceQualities();
    /** Share of a crop's side in which a face is compared with itself. */
    private final double comparedShare;

    private long sequence;

    FaceSampler(CropSpec crop) {
        cropper = new FaceCropper(crop);
        comparedShare = Math.min(1, COMPARED_SCALE / crop.scale());
    }

    FaceSample cut(long timeMicros, Picture picture, FaceHit face) {
        double roll = face.landmarks().map(FaceLandmarks::roll).orElse(0.0);
        RgbFrame crop = cropper.crop(picture, face.box(), roll);
        FaceQuality quality = qualities.measure(face, crop);
        return new FaceSample(sequence++, timeMicros, face.box(), face.landmarks(), quality, crop);
    }

    /** What a face that was cut out looks like, to tell persons apart. */
    Appearance appearance(FaceSample sample, Scene scene) {
        return Appearance.of(sample.timeMicros(), sample.crop(), comparedShare, scene);
    }

    @Override
    public void close() {
        qualities.close();
    }
}
