package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.graph.BuildContext;
import io.unmask.model.graph.Constants;
import io.unmask.model.graph.FeatureDistance;
import io.unmask.model.graph.Mode;
import io.unmask.model.runtime.TensorFlowRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class FeatureDistributionTest {
    private static final int D = 8;

    @BeforeAll
    static void loadTensorFlow() {
        TensorFlowRuntime.ensureLoaded();
    }

    @Test
    void shouldBeTheMahalanobisDistanceUnderAxesAndARest() {
        float[][] rows = rows(20_000, 1);
        var fitted = FeatureDistribution.fit(rows);

        // Rows vary along features 1 and 2 and, less, along all others; their length does not count.
        double[] mean = new double[D];
        double[][] covariance = covariance(rows, mean);
        double along1 = covariance[1][1];
        double along2 = covariance[2][2];
        double rest = (trace(covariance) - along1 - along2) / (D - 2);
        for (float[] row : rows(20, 2)) {
            double expected = 0;
            double[] z = unit(row);
            for (int i = 0; i < D; i++) {
                double variance = i == 1 ? along1 : i == 2 ? along2 : rest;
                expected += (z[i] - mean[i]) * (z[i] - mean[i]) / variance / D;
            }
            assertThat(fitted.distance(row)).isCloseTo(expected, within(0.05 * expected));
        }
    }

    @Test
    void shouldBeOneOnAverageOverWhatItWasFittedTo() {
        float[][] rows = rows(500, 3);
        var fitted = FeatureDistribution.fit(rows);
        assertThat(Arrays.stream(rows).mapToDouble(fitted::distance).average().orElseThrow())
                .isCloseTo(1, within(1e-3));
    }

    @Test
    void shouldPutFarAwayWhatVariesAsNothingElseDid() {
        var fitted = FeatureDistribution.fit(rows(500, 4));
        float[] usual = {10, 3, 0, 0, 0, 0, 0, 0};
        float[] strange = {10, 0, 0, 0, 0, 3, 0, 0};
        assertThat(fitted.distance(usual)).isLessThan(2);
        assertThat(fitted.distance(strange)).isGreaterThan(10 * fitted.distance(usual));
    }

    @Test
    void shouldGiveTheSameInTheServingGraphAndAsAMeanOverFrames() {
        var fitted = FeatureDistribution.fit(rows(500, 5));
        float[][] clip = rows(3, 6);
        float[] flat = new float[4 * D];
        for (int t = 0; t < 3; t++) {
            System.arraycopy(clip[t], 0, flat, t * D, D);
        }
        float[] mask = {1, 0, 1, 0};

        double mean = (fitted.distance(clip[0]) + fitted.distance(clip[2])) / 2;
        assertThat(fitted.distance(flat, 0, mask)).isCloseTo(mean, within(1e-9));
        assertThat(served(fitted, flat, mask)).isCloseTo(mean, within(1e-3 * mean));
    }

    @Test
    void shouldMeasureFeaturesOfANetworkThatTellsNothing() {
        var fitted = FeatureDistribution.fit(new float[20][D]);
        assertThat(fitted.distance(new float[D])).isZero();
    }

    @Test
    void shouldChooseFramesOfToolsAndOriginsInTurns() {
        var faces = new ArrayList<FaceSequence>();
        for (int i = 0; i < 100; i++) {
            faces.add(face("large", i, 1));
        }
        faces.add(face("small", 0, 8));
        faces.add(face("small", 1, 1));

        var chosen = FamiliarFrames.choose(faces, 20, 1);

        assertThat(chosen).hasSize(20).doesNotHaveDuplicates();
        assertThat(chosen.subList(0, 4))
                .extracting(frame -> frame.face().kind())
                .containsExactlyInAnyOrder("large", "small", "large", "small");
        assertThat(chosen)
                .filteredOn(frame -> frame.face().source().equals("small-0"))
                .extracting(FamiliarFrames.Frame::frame)
                .containsExactly(1, 3, 5, 7);
        assertThat(FamiliarFrames.choose(faces, 1000, 1))
                .as("every face once, and the long one four times")
                .hasSize(105);
    }

    private static double served(FeatureDistribution fitted, float[] flat, float[] mask) {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var net = new BuildContext(tf, new Constants(tf, fitted.weights()), Mode.SERVING);
            var clips = tf.reshape(tf.constant(flat), tf.constant(new int[] {1, 4, D}));
            var distance =
                    FeatureDistance.of(fitted.weights()).ofClips(net, clips, tf.constant(new float[][] {mask}), 4);
            try (var result = session.runner().fetch(distance).run()) {
                return ((TFloat32) result.get(0)).getFloat(0);
            }
        }
    }

    private static float[][] rows(int count, long seed) {
        var random = new Random(seed);
        var rows = new float[count][D];
        for (float[] row : rows) {
            double length = 1 + random.nextDouble();
            for (int i = 0; i < D; i++) {
                double deviation = i == 1 ? 2 : i == 2 ? 1 : 0.3;
                row[i] = (float) (length * ((i == 0 ? 10 : 0) + deviation * random.nextGaussian()));
            }
        }
        return rows;
    }

    private static double[][] covariance(float[][] rows, double[] mean) {
        for (float[] row : rows) {
            double[] z = unit(row);
            for (int i = 0; i < D; i++) {
                mean[i] += z[i] / rows.length;
            }
        }
        var covariance = new double[D][D];
        for (float[] row : rows) {
            double[] z = unit(row);
            for (int i = 0; i < D; i++) {
                for (int j = 0; j < D; j++) {
                    covariance[i][j] += (z[i] - mean[i]) * (z[j] - mean[j]) / rows.length;
                }
            }
        }
        return covariance;
    }

    private static double trace(double[][] matrix) {
        double sum = 0;
        for (int i = 0; i < matrix.length; i++) {
            sum += matrix[i][i];
        }
        return sum;
    }

    private static double[] unit(float[] row) {
        double square = 0;
        for (float value : row) {
            square += (double) value * value;
        }
        var unit = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            unit[i] = row[i] / Math.sqrt(square);
        }
        return unit;
    }

    private static FaceSequence face(String kind, int number, int frames) {
        return new FaceSequence("set", kind + "-" + number, 1, "p" + number, kind, 1, new FaceSequence.Crops() {
            @Override
            public int count() {
                return frames;
            }

            @Override
            public double margin() {
                return 1;
            }

            @Override
            public RgbFrame read(int index) {
                return new RgbFrame(1, 1, new byte[3]);
            }
        });
    }
}
