package io.unmask.model.federate;

/**
 * How far one site may move the model in one round. Weights and statistics of batch normalisation differ in size by orders
 * of magnitude; therefore each kind has its own bound.
 *
 * @param weights largest L2 norm of the update's weights
 * @param statistics largest L2 norm of its statistics
 */
public record ClipBounds(double weights, double statistics) {

    /** L2 norms of an update's two kinds of tensors. */
    public record Norms(double weights, double statistics) {
        /** Whether no value of the update is NaN or infinite. */
        public boolean finite() {
            return Double.isFinite(weights) && Double.isFinite(statistics);
        }
    }

    public static Norms norms(TensorLayout layout, float[] update) {
        layout.requireSize(update.length);
        double weights = 0;
        double statistics = 0;
        int at = 0;
        for (var tensor : layout.tensors()) {
            double squares = 0;
            for (int end = at + tensor.size(); at < end; at++) {
                squares += (double) update[at] * update[at];
            }
            if (tensor.statistic()) {
                statistics += squares;
            } else {
                weights += squares;
            }
        }
        return new Norms(Math.sqrt(weights), Math.sqrt(statistics));
    }

    /** Whether an update is within both bounds, apart from rounding. */
    public boolean allow(Norms norms) {
        return allowWeights(norms) && norms.statistics() <= statistics * (1 + 1e-4);
    }

    /** Whether an update's weights are within their bound, apart from rounding. */
    public boolean allowWeights(Norms norms) {
        return norms.weights() <= weights * (1 + 1e-4);
    }

    /** A copy in which each kind that is longer than its bound is scaled down to it. */
    public float[] clip(TensorLayout layout, float[] update) {
        var norms = norms(layout, update);
        double forWeights = factor(weights, norms.weights());
        double forStatistics = factor(statistics, norms.statistics());
        var clipped = new float[update.length];
        int at = 0;
        for (var tensor : layout.tensors()) {
            double factor = tensor.statistic() ? forStatistics : forWeights;
            for (int end = at + tensor.size(); at < end; at++) {
                clipped[at] = (float) (update[at] * factor);
            }
        }
        return clipped;
    }

    private static double factor(double bound, double norm) {
        return norm > bound ? bound / norm : 1;
    }
}
