package io.unmask.model.graph;

import io.unmask.model.spec.ModelSpec;
import java.util.List;

/**
 * The layout and the sizes of a network.
 *
 * @param encoder turns frames into features
 * @param inputSize S
 * @param frames T
 * @param units size of the recurrent state; 0: the frames' mean is the clip's score
 * @param classes K
 */
public record Architecture(FrameEncoder encoder, int inputSize, int frames, int units, int classes) {

    /** The same network over clips of another length, with the same weights. */
    public Architecture over(int frames) {
        return new Architecture(encoder, inputSize, frames, units, classes);
    }

    /** Places of a frame in a row, and rows, of which the encoder gives features. */
    public int places() {
        return inputSize / encoder.stride();
    }

    public TemporalHead head() {
        return new TemporalHead(frames, encoder.features(), units, classes);
    }

    /** Names what the layers compute. */
    public String name() {
        return encoder.architecture() + (units == 0 ? "-mean" : "-gru");
    }

    /** The same sizes as a model directory states them. */
    public ModelSpec spec(double cropScale, double sampleFps, List<String> labels) {
        return new ModelSpec(name(), inputSize, frames, encoder.features(), cropScale, sampleFps, labels);
    }
}
