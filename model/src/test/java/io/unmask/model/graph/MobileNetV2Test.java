package io.unmask.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class MobileNetV2Test {
    private static final int SIDE = 64;

    @Test
    void shouldServeWhatItEvaluates() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = new Variables(tf);
            var frames = tf.constant(pictures());
            var net = new BuildContext(tf, variables, Mode.EVALUATION);
            var evaluated = new MobileNetV2().applyToValues(net, frames);
            variables.initialValues(7).forEach((name, value) -> {
                var slot = variables.slot(name);
                try (var fed = TFloat32.tensorOf(Shape.of(slot.dimensions()), DataBuffers.of(value, true, false))) {
                    session.runner()
                            .feed(slot.feed(), fed)
                            .addTarget(slot.assign())
                            .run()
                            .close();
                }
            });
            var folded = new HashMap<String, float[]>();
            net.folded().forEach((name, operand) -> folded.put(name, read(session, operand)));
            var served = new MobileNetV2()
                    .applyToValues(new BuildContext(tf, new Constants(tf, folded), Mode.SERVING), frames);

            float[] expected = read(session, evaluated);
            float[] actual = read(session, served);
            assertThat(actual).hasSize(2 * new MobileNetV2().features());
            for (int i = 0; i < actual.length; i++) {
                assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
            }
            assertThat(variables.weights())
                    .as("52 convolutions, each with kernel, gain and shift")
                    .hasSize(156);
        }
    }

    private static float[] read(Session session, org.tensorflow.Operand<TFloat32> operand) {
        try (var result = session.runner().fetch(operand).run()) {
            var tensor = (TFloat32) result.get(0);
            var values = new float[Math.toIntExact(tensor.size())];
            tensor.asRawTensor().data().asFloats().read(values);
            return values;
        }
    }

    private static float[][][][] pictures() {
        var random = new Random(1);
        var pictures = new float[2][SIDE][SIDE][3];
        for (var picture : pictures) {
            for (var row : picture) {
                for (var pixel : row) {
                    for (int channel = 0; channel < 3; channel++) {
                        pixel[channel] = random.nextInt(256);
                    }
                }
            }
        }
        return pictures;
    }
}
