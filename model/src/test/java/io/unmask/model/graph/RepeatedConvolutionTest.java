package io.unmask.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class RepeatedConvolutionTest {
    private final Random random = new Random(5);

    @Test
    void shouldDrawWhatAConvolutionBehindUpsamplingDraws() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = new Variables(tf);
            var net = new Net(tf, variables, Mode.TRAINING);
            var x = variables.weight("input", Initial.LECUN, 2, 5, 5, 3);
            var doubled = new Upsample(Upsample.Kind.NEAREST, 10).apply(net, x);
            var wanted = new PlainConvolution("c", 3, 4, false).apply(net, doubled);
            for (var slot : variables.slots()) {
                float[] values = new float[(int) Shape.of(slot.dimensions()).size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextGaussian();
                }
                try (var fed = TFloat32.tensorOf(Shape.of(slot.dimensions()), DataBuffers.of(values, true, false))) {
                    session.runner()
                            .feed(slot.feed(), fed)
                            .addTarget(slot.assign())
                            .run()
                            .close();
                }
            }

            var drawn = new RepeatedConvolution("c", 3, 4).apply(net, x);

            try (var result = session.runner().fetch(wanted).fetch(drawn).run()) {
                var one = (TFloat32) result.get(0);
                var other = (TFloat32) result.get(1);
                assertThat(other.shape()).isEqualTo(one.shape());
                one.scalars().forEachIndexed((at, value) -> assertThat(other.getFloat(at))
                        .isCloseTo(value.getFloat(), within(1e-4f)));
            }
        }
    }
}
