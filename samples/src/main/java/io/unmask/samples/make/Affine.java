package io.unmask.samples.make;

/** A map of the plane: {@code x' = a x + b y + c}, {@code y' = d x + e y + f}. */
record Affine(double a, double b, double c, double d, double e, double f) {

    /** Least squares over pairs of points. */
    static Affine fit(Landmarks from, Landmarks to) {
        double[][] normal = new double[3][3];
        double[] right = new double[3];
        double[] down = new double[3];
        for (int i = 0; i < from.x().length; i++) {
            double[] row = {from.x()[i], from.y()[i], 1};
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 3; k++) {
                    normal[j][k] += row[j] * row[k];
                }
                right[j] += row[j] * to.x()[i];
                down[j] += row[j] * to.y()[i];
            }
        }
        double[] x = solve(normal, right);
        double[] y = solve(normal, down);
        return new Affine(x[0], x[1], x[2], y[0], y[1], y[2]);
    }

    double x(double px, double py) {
        return a * px + b * py + c;
    }

    double y(double px, double py) {
        return d * px + e * py + f;
    }

    /** Cramer's rule. */
    private static double[] solve(double[][] m, double[] v) {
        double whole = determinant(m[0], m[1], m[2]);
        double[] solution = new double[3];
        for (int column = 0; column < 3; column++) {
            double[][] replaced = {m[0].clone(), m[1].clone(), m[2].clone()};
            for (int row = 0; row < 3; row++) {
                replaced[row][column] = v[row];
            }
            solution[column] = determinant(replaced[0], replaced[1], replaced[2]) / whole;
        }
        return solution;
    }

    private static double determinant(double[] p, double[] q, double[] r) {
        return p[0] * (q[1] * r[2] - q[2] * r[1])
                - p[1] * (q[0] * r[2] - q[2] * r[0])
                + p[2] * (q[0] * r[1] - q[1] * r[0]);
    }
}
