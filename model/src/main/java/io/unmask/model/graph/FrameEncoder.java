package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A CNN that turns each frame into features, the mean of those of its places. Immutable. */
public sealed interface FrameEncoder permits MobileNetV2, TextureEncoder {
    /** D. */
    int features();

    /** Pixels from one place to the next, which divides S. */
    int stride();

    /** Names what the layers compute; a change to them that breaks old weights changes the name. */
    String architecture();

    /** The features of each place of frames: float {@code [N,S,S,3]}, 0 to 255 → {@code [N,H,W,D]}. */
    Operand<TFloat32> places(BuildContext net, Operand<TFloat32> frames);

    /** The features of each place of frames: uint8 {@code [N,S,S,3]} → {@code [N,H,W,D]}. */
    default Operand<TFloat32> placesOf(BuildContext net, Operand<TUint8> frames) {
        return places(net, net.tf().dtypes.cast(frames, TFloat32.class));
    }

    /** The features of frames that were not rounded: float {@code [N,S,S,3]}, 0 to 255 → {@code [N,D]}. */
    default Operand<TFloat32> applyToValues(BuildContext net, Operand<TFloat32> frames) {
        return mean(net, places(net, frames));
    }

    /** The features of frames: uint8 {@code [N,S,S,3]} → {@code [N,D]}. */
    default Operand<TFloat32> apply(BuildContext net, Operand<TUint8> frames) {
        return mean(net, placesOf(net, frames));
    }

    /** Mean over all places: {@code [N,H,W,D]} → {@code [N,D]}. */
    static Operand<TFloat32> mean(BuildContext net, Operand<TFloat32> places) {
        return net.tf().math.mean(places, net.tf().constant(new int[] {1, 2}));
    }
}
