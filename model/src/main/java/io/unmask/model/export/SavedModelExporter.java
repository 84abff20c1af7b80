package io.unmask.model.export;

import io.unmask.model.graph.Architecture;
import io.unmask.model.graph.BuildContext;
import io.unmask.model.graph.Constants;
import io.unmask.model.graph.DetectorGraph;
import io.unmask.model.graph.Mode;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Writes the three signatures of {@link ModelSpec} over one set of constant weights. */
public final class SavedModelExporter {
    private SavedModelExporter() {}

    /**
     * @param weights by name, as {@link Mode#SERVING} asks for them
     * @param folder is made when missing; a SavedModel in it is replaced
     */
    public static void export(Architecture architecture, Map<String, float[]> weights, Path folder) throws IOException {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var net = new BuildContext(tf, new Constants(tf, weights), Mode.SERVING);
            SavedModelBundle.exporter(folder.toString())
                    .withTags(ModelSpec.TAG)
                    .withSession(session)
                    .withSignatures(encode(net, architecture), score(net, architecture), whole(net, architecture))
                    .export();
        }
    }

    private static Signature encode(BuildContext net, Architecture architecture) {
        int s = architecture.inputSize();
        var frames =
                net.tf().withName("encode.frames").placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, s, s, 3)));
        return Signature.builder(ModelSpec.ENCODE)
                .input(ModelSpec.FRAMES, frames)
                .output(
                        ModelSpec.FEATURES,
                        named(net, "encode.features", architecture.encoder().apply(net, frames)))
                .build();
    }

    private static Signature score(BuildContext net, Architecture architecture) {
        int t = architecture.frames();
        var tf = net.tf();
        var features = tf.withName("score.features")
                .placeholder(
                        TFloat32.class,
                        Placeholder.shape(Shape.of(-1, t, architecture.encoder().features())));
        var mask = mask(net, "score.mask", t);
        var output = architecture.head().apply(net, features, mask);
        return Signature.builder(ModelSpec.SCORE)
                .input(ModelSpec.FEATURES, features)
                .input(ModelSpec.MASK, mask)
                .output(ModelSpec.LOGITS, named(net, "score.logits", output.logits()))
                .output(ModelSpec.FRAME_LOGITS, named(net, "score.frame_logits", output.frameLogits()))
                .build();
    }

    private static Signature whole(BuildContext net, Architecture architecture) {
        int s = architecture.inputSize();
        int t = architecture.frames();
        var clips =
                net.tf().withName("serve.clips").placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, t, s, s, 3)));
        var mask = mask(net, "serve.mask", t);
        var output = DetectorGraph.apply(net, architecture, clips, mask);
        return Signature.builder(ModelSpec.SERVING_DEFAULT)
                .input(ModelSpec.CLIPS, clips)
                .input(ModelSpec.MASK, mask)
                .output(ModelSpec.LOGITS, named(net, "serve.logits", output.logits()))
                .output(ModelSpec.FRAME_LOGITS, named(net, "serve.frame_logits", output.frameLogits()))
                .build();
    }

    private static Placeholder<TFloat32> mask(BuildContext net, String name, int frames) {
        return net.tf().withName(name).placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, frames)));
    }

    private static Operand<TFloat32> named(BuildContext net, String name, Operand<TFloat32> value) {
        return net.tf().withName(name).identity(value);
    }
}
