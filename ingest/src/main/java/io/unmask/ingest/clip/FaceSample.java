package io.unmask.ingest.clip;

/**
 * One sampled frame of one face, ready for the encoder.
 *
 * @param sequence unique within the source's session and rising; overlapping clips share samples by it
 * @param timeMicros presentation time since the source's start
 * @param crop square, at the model's input size
 */
public record FaceSample(long sequence, long timeMicros, FaceBox box, FaceQuality quality, RgbFrame crop) {}
