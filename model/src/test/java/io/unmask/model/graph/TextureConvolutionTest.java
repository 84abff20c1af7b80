package io.unmask.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class TextureConvolutionTest {
    @Test
    void shouldServeWhatIsEvaluatedUpToTheEdges() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var frames = tf.constant(Shape.of(2, 8, 8, 3), DataBuffers.of(grey(2 * 8 * 8 * 3)));
            var layer = new TextureConvolution("t", 5);
            var variables = new Variables(tf);
            var net = new BuildContext(tf, variables, Mode.EVALUATION);
            var wanted = layer.apply(net, frames);
            variables.slots().forEach(slot -> GradientTest.assign(session, slot, GradientTest.gaussian(slot)));

            var served = layer.apply(new BuildContext(tf, new Folded(net), Mode.SERVING), frames);

            try (var result = session.runner().fetch(wanted).fetch(served).run()) {
                var one = (TFloat32) result.get(0);
                var other = (TFloat32) result.get(1);
                assertThat(other.shape()).isEqualTo(one.shape()).isEqualTo(Shape.of(2, 4, 4, 5));
                one.scalars().forEachIndexed((at, value) -> assertThat(other.getFloat(at))
                        .isCloseTo(value.getFloat(), within(1e-3f)));
            }
        }
    }

    private static float[] grey(int count) {
        var random = new Random(1);
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(256);
        }
        return values;
    }

    private record Folded(BuildContext net) implements Parameters {
        @Override
        public Operand<TFloat32> weight(String name, Initial initial, long... shape) {
            return net.folded().get(name);
        }

        @Override
        public Operand<TFloat32> state(String name, Initial initial, long... shape) {
            throw new IllegalStateException(name);
        }
    }
}
