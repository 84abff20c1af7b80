package io.unmask.model.evaluate;

import io.unmask.model.spec.Calibration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Calibrated logits with the truth, from the most to the least fake. Immutable. */
public final class Scores {
    private final double[] logits;
    private final boolean[] fake;
    private final int fakes;

    private Scores(double[] logits, boolean[] fake, int fakes) {
        this.logits = logits;
        this.fake = fake;
        this.fakes = fakes;
    }

    public static Scores of(List<Sample> samples) {
        var sorted = new ArrayList<>(samples);
        sorted.sort(Comparator.comparingDouble(Sample::logit).reversed());
        var logits = new double[sorted.size()];
        var fake = new boolean[sorted.size()];
        int fakes = 0;
        for (int i = 0; i < logits.length; i++) {
            logits[i] = sorted.get(i).logit();
            fake[i] = sorted.get(i).fake();
            fakes += fake[i] ? 1 : 0;
        }
        return new Scores(logits, fake, fakes);
    }

    public int size() {
        return logits.length;
    }

    public int fakes() {
        return fakes;
    }

    public int authentic() {
        return logits.length - fakes;
    }

    double logit(int i) {
        return logits[i];
    }

    double pFake(int i) {
        return Calibration.probability(logits[i]);
    }

    boolean fake(int i) {
        return fake[i];
    }

    /** Number of equal logits from {@code i} on: a threshold takes all of them or none. */
    int ties(int i) {
        int end = i + 1;
        while (end < logits.length && logits[end] == logits[i]) {
            end++;
        }
        return end - i;
    }
}
