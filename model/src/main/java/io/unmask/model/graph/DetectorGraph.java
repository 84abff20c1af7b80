package io.unmask.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Encoder and head together, over one set of parameters.
 *
 * @param clips uint8 {@code [B,T,S,S,3]}
 * @param mask {@code [B,T]}
 * @param places features of the frames' places, {@code [B*T,H,W,D]}
 * @param output logits {@code [B,K]} and {@code [B,T,K]}
 */
public record DetectorGraph(
        Placeholder<TUint8> clips, Placeholder<TFloat32> mask, Operand<TFloat32> places, TemporalHead.Output output) {

    /** Adds placeholders, whose names begin with {@code prefix}, and the whole network over them. */
    public static DetectorGraph build(BuildContext net, Architecture architecture, String prefix) {
        var tf = net.tf();
        int s = architecture.inputSize();
        int t = architecture.frames();
        var clips =
                tf.withName(prefix + "clips").placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, t, s, s, 3)));
        var mask = tf.withName(prefix + "mask").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, t)));
        var places = places(net, architecture, clips);
        var output = architecture.head().apply(net, features(net, architecture, places), mask);
        return new DetectorGraph(clips, mask, places, output);
    }

    /** Adds the encoder over clips: uint8 {@code [B,T,S,S,3]} → {@code [B,T,D]}. */
    public static Operand<TFloat32> encode(BuildContext net, Architecture architecture, Operand<TUint8> clips) {
        return features(net, architecture, places(net, architecture, clips));
    }

    private static Operand<TFloat32> places(BuildContext net, Architecture architecture, Operand<TUint8> clips) {
        Ops tf = net.tf();
        int s = architecture.inputSize();
        var frames = tf.reshape(clips, tf.constant(new int[] {-1, s, s, 3})); // [B*T,S,S,3]
        return architecture.encoder().placesOf(net, frames); // [B*T,H,W,D]
    }

    private static Operand<TFloat32> features(BuildContext net, Architecture architecture, Operand<TFloat32> places) {
        var rows = FrameEncoder.mean(net, places); // [B*T,D]
        return net.tf().reshape(rows, net.tf().constant(new int[] {
            -1, architecture.frames(), architecture.encoder().features()
        }));
    }
}
