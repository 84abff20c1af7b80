package io.unmask.model.evaluate;

/**
 * Decisions at a threshold, against the truth.
 *
 * @param fakeAsFake fakes with {@code pFake} at or above the threshold
 */
public record Confusion(int fakeAsFake, int fakeAsReal, int realAsFake, int realAsReal) {

    static Confusion of(Scores scores, double threshold) {
        int fakeAsFake = 0;
        int realAsFake = 0;
        for (int i = 0; i < scores.size() && scores.pFake(i) >= threshold; i++) {
            fakeAsFake += scores.fake(i) ? 1 : 0;
            realAsFake += scores.fake(i) ? 0 : 1;
        }
        return new Confusion(fakeAsFake, scores.fakes() - fakeAsFake, realAsFake, scores.authentic() - realAsFake);
    }

    /** Share of fakes that pass for real: attack presentation classification error rate. */
    public double apcer() {
        return (double) fakeAsReal / (fakeAsFake + fakeAsReal);
    }

    /** Share of authentic clips that are called fake: bona fide presentation classification error rate. */
    public double bpcer() {
        return (double) realAsFake / (realAsFake + realAsReal);
    }

    public double accuracy() {
        return (double) (fakeAsFake + realAsReal) / (fakeAsFake + fakeAsReal + realAsFake + realAsReal);
    }
}
