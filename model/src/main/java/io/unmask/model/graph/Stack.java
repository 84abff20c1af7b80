package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Layers one after another. */
public record Stack(List<Layer> layers) implements Layer {
    public Stack {
        layers = List.copyOf(layers);
    }

    @Override
    public Operand<TFloat32> apply(BuildContext net, Operand<TFloat32> x) {
        var y = x;
        for (var layer : layers) {
            y = layer.apply(net, y);
        }
        return y;
    }
}
