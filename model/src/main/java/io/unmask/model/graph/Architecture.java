package io.unmask.model.graph;

import io.unmask.model.spec.ModelSpec;
import java.util.List;

/**
 * The sizes of a network.
 *
 * @param inputSize S
 * @param frames T
 * @param widths channels of the encoder's stages
 * @param units size of the recurrent state
 * @param classes K
 */
public record Architecture(int inputSize, int frames, List<Integer> widths, int units, int classes) {
    /** What the layers compute; a change to them that breaks old weights changes the number. */
    public static final String NAME = "residual-gru-1";

    public Architecture {
        widths = List.copyOf(widths);
    }

    /** The same network over clips of another length, with the same weights. */
    public Architecture over(int frames) {
        return new Architecture(inputSize, frames, widths, units, classes);
    }

    public FrameEncoder encoder() {
        return new FrameEncoder(widths);
    }

    public TemporalHead head() {
        return new TemporalHead(frames, encoder().features(), units, classes);
    }

    /** The same sizes as a model directory states them. */
    public ModelSpec spec(double cropScale, double sampleFps, List<String> labels) {
        return new ModelSpec(NAME, inputSize, frames, encoder().features(), cropScale, sampleFps, labels);
    }
}
