package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A CNN whose first convolution is a {@link TextureConvolution}.
 *
 * <p>uint8 {@code [N,S,S,3]} → {@code [N,D]}; S is a multiple of 32.
 *
 * @param widths channels of each stage; between stages the picture is halved; the last is D
 */
public record TextureEncoder(List<Integer> widths) implements FrameEncoder {
    /** Stages from this on have a second convolution: before, the picture is large and it would cost too much. */
    private static final int FIRST_DOUBLE_STAGE = 2;

    public TextureEncoder {
        widths = List.copyOf(widths);
    }

    @Override
    public int features() {
        return widths.get(widths.size() - 1);
    }

    @Override
    public int stride() {
        return 1 << widths.size();
    }

    @Override
    public String architecture() {
        return "texture-1";
    }

    @Override
    public Operand<TFloat32> places(BuildContext net, Operand<TFloat32> frames) {
        return stages().apply(net, frames); // [N,S/32,S/32,D]
    }

    private Stack stages() {
        var layers = new ArrayList<Layer>();
        layers.add(new TextureConvolution("encoder.stage0.a", widths.get(0)));
        for (int stage = 1; stage < widths.size(); stage++) {
            int width = widths.get(stage);
            layers.add(new MaxPool());
            layers.add(new Convolution("encoder.stage" + stage + ".a", widths.get(stage - 1), width));
            if (stage >= FIRST_DOUBLE_STAGE) {
                layers.add(new Convolution("encoder.stage" + stage + ".b", width, width));
            }
        }
        return new Stack(layers);
    }
}
