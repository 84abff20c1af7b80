package io.unmask.ingest.clip;

/**
 * How well a face frame can be judged.
 *
 * @param sizePx side of the face box in pixels of the video
 * @param sharpness variance of the Laplacian of the grey crop
 * @param brightness mean grey level of the crop, 0 to 255
 * @param frontality 0 (profile, or unknown since there are no landmarks) to 1 (the nose is halfway between the eyes)
 */
public record FaceQuality(double sizePx, double sharpness, double brightness, double frontality) {}
