package io.unmask.model.evaluate;

import java.util.List;
import java.util.Optional;

/**
 * One scored clip of a face by a model with labels of its own, with the truth about it. The array is handed over.
 *
 * @param face the recording it was cut from, whatever its encoding
 * @param condition what was done to the recording afterwards, as in {@code jpeg_40}
 * @param label index of the true one
 * @param logits {@code [K]}
 * @param distance from the training faces, 1 being the mean of theirs; absent when the model does not tell it
 */
public record LabelledClip(String face, String condition, int label, double[] logits, Optional<Double> distance) {
    public LabelledClip {
        for (double logit : logits) {
            if (!Double.isFinite(logit)) {
                throw new IllegalArgumentException("clip of " + face + ": a logit is " + logit);
            }
        }
    }

    /** Names the face in this encoding. */
    public String encodedFace() {
        return face + '/' + condition;
    }

    /** The same clip with other logits. */
    public LabelledClip with(double[] other) {
        return new LabelledClip(face, condition, label, other, distance);
    }

    /** What a face's clips are, taken together: a clip with the means of their logits. */
    public static LabelledClip mean(List<LabelledClip> clips) {
        double[] means = new double[clips.get(0).logits.length];
        clips.forEach(clip -> {
            for (int i = 0; i < means.length; i++) {
                means[i] += clip.logits[i] / clips.size();
            }
        });
        return clips.get(0).with(means);
    }

    /** Index of the largest logit; of equal ones the first. */
    public int mostProbable() {
        int most = 0;
        for (int i = 1; i < logits.length; i++) {
            most = logits[i] > logits[most] ? i : most;
        }
        return most;
    }
}
