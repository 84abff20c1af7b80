package io.unmask.ingest.face;

/** Pearson's correlation of two pictures' cells: 1 when they differ in brightness and contrast alone. */
final class Correlation {
    private Correlation() {}

    /** An even picture, whose levels vary by less than one, is like any other. */
    static double of(float[] one, float[] other) {
        double meanOne = mean(one);
        double meanOther = mean(other);
        double product = 0;
        double energyOne = 0;
        double energyOther = 0;
        for (int i = 0; i < one.length; i++) {
            double a = one[i] - meanOne;
            double b = other[i] - meanOther;
            product += a * b;
            energyOne += a * a;
            energyOther += b * b;
        }
        double energy = Math.sqrt(energyOne * energyOther);
        return energy < one.length ? 1 : product / energy;
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
