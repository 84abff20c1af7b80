package io.unmask.model.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * MobileNetV2 (Sandler et al., CVPR 2018) of width 1: inverted residual blocks of 1×1 and depthwise convolutions. Layers
 * are named as Keras names them, behind {@code encoder.}, so that published weights find their places.
 *
 * <p>uint8 {@code [N,S,S,3]} → {@code [N,1280]}; S is a multiple of 32.
 */
public record MobileNetV2() implements FrameEncoder {
    private static final String PREFIX = "encoder.";
    private static final int STEM = 32;
    private static final int FEATURES = 1280;
    private static final int EXPANSION = 6;
    private static final float WHITE = 255;

    /** @param stride of the stage's first block */
    private record Stage(int channels, int blocks, int stride) {}

    private static final List<Stage> STAGES = List.of(
            new Stage(24, 2, 2),
            new Stage(32, 3, 2),
            new Stage(64, 4, 2),
            new Stage(96, 3, 1),
            new Stage(160, 3, 2),
            new Stage(320, 1, 1));

    @Override
    public int features() {
        return FEATURES;
    }

    @Override
    public int stride() {
        return 32;
    }

    @Override
    public String architecture() {
        return "mobilenet-v2";
    }

    @Override
    public Operand<TFloat32> places(BuildContext net, Operand<TFloat32> frames) {
        var tf = net.tf();
        Operand<TFloat32> x = tf.math.mul(frames, tf.constant(1 / WHITE)); // [N,S,S,3], 0 to 1
        x = new Convolution(PREFIX + "Conv1", 3, 3, STEM, 2, Activation.RELU6).apply(net, x); // [N,S/2,S/2,32]
        x = new DepthwiseConvolution(PREFIX + "expanded_conv_depthwise", STEM, 1).apply(net, x);
        int channels = 16;
        x = pointwise("expanded_conv_project", STEM, channels, Activation.NONE).apply(net, x); // [N,S/2,S/2,16]
        int block = 1;
        for (var stage : STAGES) {
            for (int i = 0; i < stage.blocks; i++) {
                x = block("block_" + block++, channels, stage.channels, i == 0 ? stage.stride : 1, net, x);
                channels = stage.channels;
            }
        }
        return pointwise("Conv_1", channels, FEATURES, Activation.RELU6).apply(net, x); // [N,S/32,S/32,1280]
    }

    private static Operand<TFloat32> block(
            String name, int inputs, int outputs, int stride, BuildContext net, Operand<TFloat32> x) {
        int expanded = EXPANSION * inputs;
        Operand<TFloat32> y =
                pointwise(name + "_expand", inputs, expanded, Activation.RELU6).apply(net, x);
        y = new DepthwiseConvolution(PREFIX + name + "_depthwise", expanded, stride).apply(net, y);
        y = pointwise(name + "_project", expanded, outputs, Activation.NONE).apply(net, y);
        return stride == 1 && inputs == outputs ? net.tf().math.add(x, y) : y;
    }

    private static Convolution pointwise(String name, int inputs, int outputs, Activation activation) {
        return new Convolution(PREFIX + name, 1, inputs, outputs, 1, activation);
    }
}
