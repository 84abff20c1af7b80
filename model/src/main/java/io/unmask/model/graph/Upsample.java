package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Twice as wide and high, by one of the ways of generators, each of which leaves a trace of its own.
 *
 * @param side H and W of what comes out
 */
public record Upsample(Kind kind, int side) implements Layer {

    /** How one pixel becomes four. */
    public enum Kind {
        /** Repeated: {@code [N,H,W,C]} → {@code [N,2H,2W,C]}. */
        NEAREST,
        /** Channels become a square of pixels (Shi et al., CVPR 2016): {@code [N,H,W,4C]} → {@code [N,2H,2W,C]}. */
        SHUFFLE
    }

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
        return switch (kind) {
            case NEAREST -> net.tf().image.resizeNearestNeighbor(x, net.tf().constant(new int[] {side, side}));
            case SHUFFLE -> net.tf().nn.depthToSpace(x, 2L);
        };
    }
}
