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
 * @param output logits {@code [B,K]} and {@code [B,T,K]}
 */
public record DetectorGraph(Placeholder<TUint8> clips, Placeholder<TFloat32> mask, TemporalHead.Output output) {

    /** Adds placeholders, whose names begin with {@code prefix}, and the whole network over them. */
    public static DetectorGraph build(BuildContext net, Architecture architecture, String prefix) {
        var tf = net.tf();
        int s = architecture.inputSize();
        int t = architecture.frames();
        var clips =
                tf.withName(prefix + "clips").placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, t, s, s, 3)));
        var mask = tf.withName(prefix + "mask").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, t)));
        return new DetectorGraph(clips, mask, apply(net, architecture, clips, mask));
    }

    /** Adds the network over inputs that the caller has. */
    public static TemporalHead.Output apply(
            BuildContext net, Architecture architecture, Operand<TUint8> clips, Operand<TFloat32> mask) {
        return architecture.head().apply(net, encode(net, architecture, clips), mask);
    }

    /** Adds the encoder over clips: uint8 {@code [B,T,S,S,3]} → {@code [B,T,D]}. */
    public static Operand<TFloat32> encode(BuildContext net, Architecture architecture, Operand<TUint8> clips) {
        Ops tf = net.tf();
        int s = architecture.inputSize();
        var encoder = architecture.encoder();
        var frames = tf.reshape(clips, tf.constant(new int[] {-1, s, s, 3})); // [B*T,S,S,3]
        var rows = encoder.apply(net, frames); // [B*T,D]
        return tf.reshape(rows, tf.constant(new int[] {-1, architecture.frames(), encoder.features()}));
    }
}
