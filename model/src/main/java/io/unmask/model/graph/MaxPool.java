package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Largest of each 2×2 square: {@code [N,H,W,C]} → {@code [N,H/2,W/2,C]}. */
public record MaxPool() implements Layer {

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
        var two = net.tf().constant(new int[] {1, 2, 2, 1});
        return net.tf().nn.maxPool(x, two, two, "VALID");
    }
}
