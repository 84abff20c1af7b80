package io.unmask.model.federate;

/**
 * Real numbers as integers modulo 2^32, so that masks cancel exactly. The scale is as fine as a sum over all sites
 * without overflow allows.
 *
 * @param bound largest absolute value that one site sends; a larger one is cut to it
 * @param sites how many values are added up at most
 */
public record FixedPoint(double bound, int sites) {
    public FixedPoint {
        if (!(bound > 0) || !Double.isFinite(bound) || sites < 1) {
            throw new IllegalArgumentException("no fixed point for " + sites + " values up to " + bound);
        }
    }

    /** Integers to the unit. Rounding of each value leaves room for half an integer a site. */
    double scale() {
        return (Integer.MAX_VALUE - (double) sites) / (bound * sites);
    }

    /** Largest error of a sum: half an integer a site. */
    public double rounding() {
        return 0.5 * sites / scale();
    }

    /** Nearest integer. */
    public int encode(double value) {
        if (Double.isNaN(value)) {
            throw new IllegalArgumentException("no fixed point for a value that is no number");
        }
        return (int) Math.rint(Math.max(-bound, Math.min(bound, value)) * scale());
    }

    /** The reverse, of a sum as well. */
    public double decode(int sum) {
        return sum / scale();
    }
}
