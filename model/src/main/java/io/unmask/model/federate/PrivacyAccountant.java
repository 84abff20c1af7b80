package io.unmask.model.federate;

/**
 * Privacy that several rounds of noise leave, by Rényi differential privacy (Mironov, CSF 2017). One round of the
 * Gaussian mechanism with noise multiplier z costs {@code a / (2 z^2)} at each order a (Corollary 3), rounds add up
 * (Proposition 1), and {@code epsilon = cost + ln(1 / delta) / (a - 1)} (Proposition 3) at the best order. What is hidden
 * is whether a whole site took part; every site takes part in every round, so that sampling amplifies nothing.
 *
 * @param noiseMultiplier z
 * @param delta probability with which epsilon may not hold
 */
public record PrivacyAccountant(double noiseMultiplier, double delta) {
    public PrivacyAccountant {
        if (!(noiseMultiplier > 0) || !(delta > 0) || !(delta < 1)) {
            throw new IllegalArgumentException("no privacy by noise of " + noiseMultiplier + " at delta " + delta);
        }
    }

    /** Epsilon after so many rounds. */
    public double epsilon(long rounds) {
        if (rounds == 0) {
            return 0;
        }
        double cost = rounds / (2 * noiseMultiplier * noiseMultiplier); // of order 1
        double order = 1 + Math.sqrt(Math.log(1 / delta) / cost); // where the derivative is zero
        return order * cost + Math.log(1 / delta) / (order - 1);
    }
}
