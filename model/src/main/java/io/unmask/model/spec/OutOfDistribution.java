package io.unmask.model.spec;

/**
 * From where on a face is so unlike the training faces that the model's word on it is not to be trusted.
 *
 * @param limit on the distance, of which 1 is the mean over the training faces
 * @param rate share of the calibration set's faces beyond it
 * @param setDigest SHA-256 of the calibration set
 */
public record OutOfDistribution(double limit, double rate, String setDigest) {}
