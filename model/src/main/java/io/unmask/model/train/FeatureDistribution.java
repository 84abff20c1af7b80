package io.unmask.model.train;

import io.unmask.model.graph.FeatureDistance;
import io.unmask.model.graph.VariableValues;
import java.util.Arrays;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * Where the training faces lie among features, as {@link FeatureDistance} measures by: the mean of features of length 1,
 * their main axes, and how much they vary apart from these.
 *
 * @param mean {@code [D]}
 * @param axes {@code [D,R]}, row-major: each axis times the square root of the share of its variance that is more than
 *     the rest's
 * @param scale 1 over D times the rest's variance
 */
record FeatureDistribution(float[] mean, float[] axes, float scale) {
    private static final int MOST_AXES = 32;
    /** Of D features, an axis for each so many at most, so that enough are left for the rest's variance. */
    private static final int FEATURES_AN_AXIS = 4;
    /** Features of a network that tells nothing do not vary at all. */
    private static final double LEAST_VARIANCE = 1e-12;

    /** @param rows features of frames, {@code [N][D]} */
    static FeatureDistribution fit(float[][] rows) {
        int d = rows[0].length;
        var mean = new double[d];
        for (float[] row : rows) {
            float[] unit = unit(row);
            for (int i = 0; i < d; i++) {
                mean[i] += (double) unit[i] / rows.length;
            }
        }
        var centred = new float[rows.length * d];
        for (int n = 0; n < rows.length; n++) {
            float[] unit = unit(rows[n]);
            for (int i = 0; i < d; i++) {
                centred[n * d + i] = (float) (unit[i] - mean[i]);
            }
        }
        return of(mean, eigen(centred, rows.length, d));
    }

    /**
     * A covariance's eigenvalues, rising, and its eigenvectors as columns.
     *
     * @param vectors {@code [D,D]}, row-major
     */
    private record Eigen(float[] values, float[] vectors) {}

    private static Eigen eigen(float[] centred, int n, int d) {
        try (var graph = new Graph();
                var session = new Session(graph);
                var fed = TFloat32.tensorOf(Shape.of(n, d), DataBuffers.of(centred, true, false))) {
            var tf = Ops.create(graph);
            var rows = tf.placeholder(TFloat32.class); // [N,D]
            var products = tf.linalg.matMul(rows, rows, MatMul.transposeA(true)); // [D,D]
            var eigen = tf.linalg.selfAdjointEig(tf.math.div(products, tf.constant((float) n)));
            try (var result = session.runner()
                    .feed(rows, fed)
                    .fetch(eigen.e())
                    .fetch(eigen.v())
                    .run()) {
                return new Eigen(VariableValues.rowMajor((TFloat32) result.get(0)), VariableValues.rowMajor((TFloat32)
                        result.get(1)));
            }
        }
    }

    private static FeatureDistribution of(double[] mean, Eigen eigen) {
        int d = mean.length;
        int r = Math.max(1, Math.min(MOST_AXES, d / FEATURES_AN_AXIS));
        double rest = 0;
        for (int i = 0; i < d - r; i++) {
            rest += Math.max(0, eigen.values[i]) / (d - r);
        }
        rest = Math.max(rest, LEAST_VARIANCE);
        var axes = new float[d * r];
        for (int axis = 0; axis < r; axis++) {
            int column = d - 1 - axis;
            double more = Math.sqrt(Math.max(0, 1 - rest / Math.max(rest, eigen.values[column])));
            for (int i = 0; i < d; i++) {
                axes[i * r + axis] = (float) (more * eigen.vectors[i * d + column]);
            }
        }
        var narrow = new float[d];
        for (int i = 0; i < d; i++) {
            narrow[i] = (float) mean[i];
        }
        return new FeatureDistribution(narrow, axes, (float) (1 / (rest * d)));
    }

    /**
     * Mean distance of a clip's frames.
     *
     * @param features rows of D, one after another
     * @param from first row of the clip
     * @param mask says of each of the rows whether there is a frame
     */
    double distance(float[] features, int from, float[] mask) {
        double sum = 0;
        int frames = 0;
        for (int row = from; row < from + mask.length; row++) {
            if (mask[row - from] > 0) {
                sum += distance(Arrays.copyOfRange(features, row * mean.length, (row + 1) * mean.length));
                frames++;
            }
        }
        return sum / frames;
    }

    /** As {@link FeatureDistance} computes it. */
    double distance(float[] row) {
        float[] unit = unit(row);
        int r = axes.length / mean.length;
        var along = new double[r];
        double square = 0;
        for (int i = 0; i < mean.length; i++) {
            double difference = unit[i] - mean[i];
            square += difference * difference;
            for (int axis = 0; axis < r; axis++) {
                along[axis] += difference * axes[i * r + axis];
            }
        }
        for (double part : along) {
            square -= part * part;
        }
        return Math.max(0, square) * scale;
    }

    private static float[] unit(float[] row) {
        double square = 0;
        for (float value : row) {
            square += (double) value * value;
        }
        double length = Math.sqrt(Math.max(square, FeatureDistance.LEAST_SQUARE));
        var unit = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            unit[i] = (float) (row[i] / length);
        }
        return unit;
    }

    /** As a serving network names them. */
    Map<String, float[]> weights() {
        return Map.of(
                FeatureDistance.MEAN, mean, FeatureDistance.AXES, axes, FeatureDistance.SCALE, new float[] {scale});
    }

    Map<String, long[]> shapes() {
        long d = mean.length;
        return Map.of(
                FeatureDistance.MEAN, new long[] {d},
                FeatureDistance.AXES, new long[] {d, axes.length / d},
                FeatureDistance.SCALE, new long[] {1});
    }
}
