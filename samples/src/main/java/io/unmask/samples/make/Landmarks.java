package io.unmask.samples.make;

/**
 * Where a face's points are in a picture, as a landmark detector would tell a swap tool.
 *
 * @param x pixels of the picture, one a point of {@link #PLACES}
 * @param y pixels of the picture
 */
record Landmarks(double[] x, double[] y) {

    /** Eyes' corners, nose tip, mouth's corners, lower lip, chin, cheeks, brows: places of the head at rest. */
    static final double[][] PLACES = {
        {-0.47, 0.08}, {-0.17, 0.08}, {0.17, 0.08}, {0.47, 0.08}, {0, -0.26}, {-0.25, -0.56}, {0.25, -0.56},
        {0, -0.66}, {0, -0.92}, {-0.46, -0.42}, {0.46, -0.42}, {-0.52, -0.1}, {0.52, -0.1}, {-0.36, 0.36},
        {0.36, 0.36}, {-0.32, -0.78}, {0.32, -0.78}, {0, 0.38}
    };

    static Landmarks of(Mesh head, SceneRenderer.Lens lens) {
        double[] x = new double[PLACES.length];
        double[] y = new double[PLACES.length];
        double[] projected = new double[3];
        for (int i = 0; i < PLACES.length; i++) {
            lens.project(head, nearest(head, PLACES[i]), projected);
            x[i] = projected[0] / SceneRenderer.OVERSAMPLING;
            y[i] = projected[1] / SceneRenderer.OVERSAMPLING;
        }
        return new Landmarks(x, y);
    }

    private static int nearest(Mesh head, double[] place) {
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int vertex = 0; vertex < head.columns * head.rows; vertex++) {
            double dx = head.rest[3 * vertex] - place[0];
            double dy = head.rest[3 * vertex + 1] - place[1];
            double off = head.rest[3 * vertex + 2] < 0 ? 9 : dx * dx + dy * dy;
            if (off < least) {
                least = off;
                best = vertex;
            }
        }
        return best;
    }
}
