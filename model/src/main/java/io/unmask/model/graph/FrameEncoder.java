package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A CNN that turns each frame into features: uint8 {@code [N,S,S,3]} → {@code [N,D]}. Immutable. */
public sealed interface FrameEncoder permits MobileNetV2, TextureEncoder {

    /** D. */
    int features();

    /** Names what the layers compute; a change to them that breaks old weights changes the name. */
    String architecture();

    /** The features of frames that were not rounded: float {@code [N,S,S,3]}, 0 to 255 → {@code [N,D]}. */
    Operand<TFloat32> applyToValues(BuildContext net, Operand<TFloat32> frames);

    default Operand<TFloat32> apply(BuildContext net, Operand<TUint8> frames) {
        return applyToValues(net, net.tf().dtypes.cast(frames, TFloat32.class));
    }
}
