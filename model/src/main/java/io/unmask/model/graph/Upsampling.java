package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Twice as wide and high, by one of the ways of generators, each of which leaves a trace of its own. */
public enum Upsampling implements Layer {
    /** Each pixel is repeated: {@code [N,H,W,C]} → {@code [N,2H,2W,C]}. */
    NEAREST {
        @Override
        public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
            return squares(net, x, x);
        }
    },
    /**
     * Each pixel stands among three zeros: {@code [N,H,W,C]} → {@code [N,2H,2W,C]}. With the convolution behind it, it is a
     * transposed convolution.
     */
    TRANSPOSED {
        @Override
        public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
            return squares(net, x, net.tf().math.mul(x, net.tf().constant(0f)));
        }
    },
    /** Channels become a square of pixels (Shi et al., CVPR 2016): {@code [N,H,W,4C]} → {@code [N,2H,2W,C]}. */
    SHUFFLE {
        @Override
        public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
            return net.tf().nn.depthToSpace(x, 2L);
        }
    };

    private static Operand<TFloat32> squares(BuildContext net, Operand<TFloat32> first, Operand<TFloat32> others) {
        return SHUFFLE.apply(
                net,
                net.tf().concat(List.of(first, others, others, others), net.tf().constant(3)));
    }
}
