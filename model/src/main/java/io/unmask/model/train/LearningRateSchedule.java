package io.unmask.model.train;

/**
 * Linear warm-up, then a cosine down to the final rate (Loshchilov and Hutter, ICLR 2017).
 *
 * @param peak rate at the end of the warm-up
 * @param last rate at the end
 */
record LearningRateSchedule(double peak, double last, long warmupSteps, long steps) {

    /** Rate of the step that follows so many steps done. */
    double at(long done) {
        if (done < warmupSteps) {
            return peak * (done + 1) / warmupSteps;
        }
        if (done >= steps) {
            return last;
        }
        double progress = (double) (done - warmupSteps) / (steps - warmupSteps);
        return last + (peak - last) * (1 + Math.cos(Math.PI * progress)) / 2;
    }
}
