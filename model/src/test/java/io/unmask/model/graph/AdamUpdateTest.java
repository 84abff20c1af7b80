package io.unmask.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class AdamUpdateTest {
    private static final AdamUpdate.Settings ADAM = new AdamUpdate.Settings(0.9, 0.98, 1e-8, 0.1, 1.5);
    private static final float[] TARGET = {3, -2, 0.5f, 8, -1, 0};
    private static final float[] CURVATURE = {1, 2, 0.5f, 0.1f, 3, 1};

    @Test
    void shouldFollowThePaperForTwentySteps() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = new Variables(tf);
            var weight = variables.weight("w", Initial.LECUN, 3, 2);
            var distance = tf.math.sub(weight, tf.constant(Shape.of(3, 2), DataBuffers.of(TARGET)));
            var loss = tf.sum(
                    tf.math.mul(
                            tf.constant(Shape.of(3, 2), DataBuffers.of(CURVATURE)), tf.math.mul(distance, distance)),
                    tf.constant(new int[] {0, 1}));
            var update =
                    new AdamUpdate(graph, tf, variables, List.of("w"), new AdamUpdate.Gradient(loss, List.of(), ADAM));
            variables.initialValues(5).forEach((name, values) -> assign(session, variables.slot(name), values));
            var plain = new PlainAdamW(read(session, variables, "w"));

            for (int step = 1; step <= 20; step++) {
                double rate = 0.1 / step;
                run(session, update, step, rate);
                plain.step(step, rate);
            }

            assertThat(read(session, variables, "w")).containsExactly(plain.weights, within(1e-5f));
            assertThat(read(session, variables, "w.average")).containsExactly(plain.average, within(1e-5f));
        }
    }

    /** Algorithm 2 of the paper, in doubles; the loss is the sum of curvature × (weight − target)². */
    private static final class PlainAdamW {
        private final double[] w;
        private final double[] m = new double[TARGET.length];
        private final double[] v = new double[TARGET.length];
        private final double[] a;
        private float[] weights;
        private float[] average;

        PlainAdamW(float[] initial) {
            w = toDoubles(initial);
            a = toDoubles(initial);
        }

        void step(int step, double rate) {
            var g = new double[w.length];
            double norm = 0;
            for (int i = 0; i < w.length; i++) {
                g[i] = 2 * CURVATURE[i] * (w[i] - TARGET[i]);
                norm += g[i] * g[i];
            }
            double scale = Math.min(1, ADAM.clipNorm() / Math.sqrt(norm));
            for (int i = 0; i < w.length; i++) {
                m[i] = ADAM.beta1() * m[i] + (1 - ADAM.beta1()) * g[i] * scale;
                v[i] = ADAM.beta2() * v[i] + (1 - ADAM.beta2()) * g[i] * scale * g[i] * scale;
                double mHat = m[i] / (1 - Math.pow(ADAM.beta1(), step));
                double vHat = v[i] / (1 - Math.pow(ADAM.beta2(), step));
                w[i] -= rate * ADAM.weightDecay() * w[i];
                w[i] -= rate * mHat / (Math.sqrt(vHat) + ADAM.epsilon());
                a[i] = 0.9 * a[i] + 0.1 * w[i];
            }
            weights = toFloats(w);
            average = toFloats(a);
        }

        private static double[] toDoubles(float[] values) {
            var doubles = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                doubles[i] = values[i];
            }
            return doubles;
        }

        private static float[] toFloats(double[] values) {
            var floats = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                floats[i] = (float) values[i];
            }
            return floats;
        }
    }

    private static void run(Session session, AdamUpdate update, int step, double rate) {
        var runner = session.runner().addTarget(update.op());
        for (var fed : update.feeds(step, rate, 0.9)) {
            runner.feed(fed.into(), TFloat32.scalarOf(fed.value()));
        }
        runner.run().close();
    }

    private static void assign(Session session, Variables.Slot slot, float[] values) {
        try (var tensor = TFloat32.tensorOf(Shape.of(slot.dimensions()), DataBuffers.of(values))) {
            session.runner()
                    .feed(slot.feed(), tensor)
                    .addTarget(slot.assign())
                    .run()
                    .close();
        }
    }

    private static float[] read(Session session, Variables variables, String name) {
        try (var result =
                session.runner().fetch(variables.slot(name).variable()).run()) {
            var values = new float[(int) result.get(0).size()];
            result.get(0).asRawTensor().data().asFloats().read(values);
            return values;
        }
    }
}
