package io.unmask.model.evaluate;

import io.unmask.model.spec.Calibration;
import java.util.Optional;

/**
 * One scored clip of a face, with the truth about it.
 *
 * @param video the recording it was cut from, whatever its encoding
 * @param person who is seen: the unit that resampling draws, since clips of one person are not independent
 * @param group kind of material that is compared with others, as in a data set
 * @param condition what was done to the video afterwards, as in {@code crf32}
 * @param manipulation how the face was forged; empty when it is authentic
 * @param origin where an authentic face is from, as in a site or a camera; empty when it is fake or nobody knows
 * @param logit a positive one leans to fake
 * @param distance from the training faces, 1 being the mean of theirs; absent when the model does not tell it
 */
public record Sample(
        String video,
        String person,
        String group,
        String condition,
        String manipulation,
        String origin,
        double logit,
        Optional<Double> distance)
        implements Trial.Judged {
    public static final String AUTHENTIC = "";

    public Sample {
        if (!Double.isFinite(logit)) {
            throw new IllegalArgumentException("clip of " + video + ": its logit is " + logit);
        }
    }

    /** Without a distance. */
    public Sample(
            String video,
            String person,
            String group,
            String condition,
            String manipulation,
            String origin,
            double logit) {
        this(video, person, group, condition, manipulation, origin, logit, Optional.empty());
    }

    public boolean fake() {
        return !manipulation.equals(AUTHENTIC);
    }

    /** Names a face of a data set: the recording and what was forged in it. Its clips share it, in whatever encoding. */
    public String face() {
        return group + '/' + video + '/' + manipulation;
    }

    /** Names that face in this encoding. */
    public String encodedFace() {
        return face() + '/' + condition;
    }

    /** The same clip with another logit. */
    public Sample with(double other) {
        return new Sample(video, person, group, condition, manipulation, origin, other, distance);
    }

    /** The same clip at another distance. */
    public Sample at(Optional<Double> other) {
        return new Sample(video, person, group, condition, manipulation, origin, logit, other);
    }

    /** The same clip with its raw logit calibrated. */
    public Sample calibrated(Calibration calibration) {
        return with(calibration.logit(logit));
    }
}
