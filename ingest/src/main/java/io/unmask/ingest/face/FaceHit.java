package io.unmask.ingest.face;

import io.unmask.ingest.clip.FaceBox;

/**
 * A face that a detector found.
 *
 * @param box the square from brow to chin, the same for every detector
 * @param score comparable within one detector only; higher is surer
 */
public record FaceHit(FaceBox box, double score) {}
