package io.unmask.ingest.clip;

/**
 * How well a face frame can be judged.
 *
 * @param sizePx side of the face box in pixels of the video
 * @param sharpness variance of the Laplacian of the grey crop
 * @param brightness mean grey level of the crop, 0 to 255
 * @param frontality 0 (profile) to 1 (frontal): left-right symmetry of the crop, a proxy for pose
 */
public record FaceQuality(double sizePx, double sharpness, double brightness, double frontality) {}
