package io.unmask.model.score;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.spec.ModelCard;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Runs a model: frames are encoded once, clips of encodings are scored. Not thread-safe: one scoring thread owns it.
 * Failures of the native runtime surface as {@link ScoringException}.
 */
public interface ClipScorer extends AutoCloseable {

    ModelCard card();

    /**
     * Encodes face crops.
     *
     * @param crops at least one, each S×S
     * @return {@code [N][D]}, by crop
     */
    float[][] encode(List<RgbFrame> crops);

    /**
     * Scores clips of encoded frames.
     *
     * @param clips {@code [B][t][D]} with 1 ≤ t ≤ T each; shorter clips are padded and masked
     * @return one a clip, in order
     */
    List<ClipScore> score(List<float[][]> clips);

    /**
     * Tells how much of each part of face crops is forged, as far as the model has learnt to.
     *
     * @param crops at least one, each S×S
     * @return one a crop, {@code [H][W]} in rows from the top, from 0 to 1; empty when the model cannot tell
     */
    List<float[][]> locate(List<RgbFrame> crops);

    @Override
    void close();

    /**
     * Raw, uncalibrated output for a clip. The arrays are handed over.
     *
     * @param labelLogits {@code [K]}: one logit a label
     * @param frameLabelLogits {@code [t][K]}: the same for each of the clip's t frames
     * @param distance from the training faces, 1 being the mean of theirs; absent when the model does not tell it
     */
    record ClipScore(double[] labelLogits, double[][] frameLabelLogits, Optional<Double> distance) {
        /** A detector's logit of {@code fake} minus that of {@code real}: above 0 it leans to fake. */
        public double logit() {
            return margin(labelLogits);
        }

        /** {@link #logit} for each of the clip's t frames. */
        public double[] frameLogits() {
            return Arrays.stream(frameLabelLogits)
                    .mapToDouble(ClipScore::margin)
                    .toArray();
        }

        /**
         * Returns this score.
         *
         * @throws ScoringException when one of its numbers is not finite
         */
        public ClipScore requireFinite() {
            if (!Arrays.stream(labelLogits).allMatch(Double::isFinite)
                    || !Arrays.stream(frameLabelLogits)
                            .flatMapToDouble(Arrays::stream)
                            .allMatch(Double::isFinite)
                    || !distance.stream().allMatch(Double::isFinite)) {
                throw new ScoringException("the model gave a score that is not a number (logits "
                        + Arrays.toString(labelLogits) + "): the model is damaged, run unmask doctor");
            }
            return this;
        }

        private static double margin(double[] logits) {
            return logits[1] - logits[0];
        }
    }
}
