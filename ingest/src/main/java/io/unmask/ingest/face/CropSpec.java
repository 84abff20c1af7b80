package io.unmask.ingest.face;

/**
 * What a model wants to see of a face; training and serving cut by the same one.
 *
 * @param size side of the crop in its own pixels
 * @param scale side of the crop over side of the face box
 */
public record CropSpec(int size, double scale) {
    public CropSpec {
        if (size < 8 || size > 1024) {
            throw new IllegalArgumentException("crop size = " + size + ": must be from 8 to 1024 pixels");
        }
        if (!(scale >= 0.2 && scale <= 5)) {
            throw new IllegalArgumentException("crop scale = " + scale + ": must be from 0.2 to 5");
        }
    }
}
