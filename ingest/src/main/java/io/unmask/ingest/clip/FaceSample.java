package io.unmask.ingest.clip;

import java.util.Optional;

/**
 * One sampled frame of one face, ready for the encoder.
 *
 * @param sequence unique within the source's session and rising; overlapping clips share samples by it
 * @param timeMicros presentation time since the source's start
 * @param box the face, which is turned by the landmarks' roll when there are landmarks
 * @param landmarks by which the crop was aligned; empty when they failed, and then the crop is not turned
 * @param crop square, at the model's input size
 */
public record FaceSample(
        long sequence,
        long timeMicros,
        FaceBox box,
        Optional<FaceLandmarks> landmarks,
        FaceQuality quality,
        RgbFrame crop) {}
