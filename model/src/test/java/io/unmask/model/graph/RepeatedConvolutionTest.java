package io.unmask.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class RepeatedConvolutionTest {
    @Test
    void shouldDrawWhatAConvolutionBehindUpsamplingDraws() {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var variables = new Variables(tf);
            var net = new BuildContext(tf, variables, Mode.TRAINING);
            var x = variables.weight("input", Initial.LECUN, 2, 5, 5, 3);
            var doubled = new Upsample(Upsample.Kind.NEAREST, 10).apply(net, x);
            var wanted = new PlainConvolution("c", 3, 4, false).apply(net, doubled);
            variables.slots().forEach(slot -> GradientTest.assign(session, slot, GradientTest.gaussian(slot)));

            var drawn = new RepeatedConvolution("c", 3, 4, false).apply(net, x);

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
