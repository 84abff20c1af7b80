package io.unmask.model.export;

import io.unmask.model.graph.Architecture;
import io.unmask.model.graph.BuildContext;
import io.unmask.model.graph.Constants;
import io.unmask.model.graph.DetectorGraph;
import io.unmask.model.graph.FeatureDistance;
import io.unmask.model.graph.MaskHead;
import io.unmask.model.graph.Mode;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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

/** Writes the signatures of {@link ModelSpec} over one set of constant weights. */
public final class SavedModelExporter {
    private SavedModelExporter() {}

    /**
     * @param weights by name, as {@link Mode#SERVING} asks for them. If those of {@link FeatureDistance} are among them, the
     *     signatures give a distance, too; with those of {@link MaskHead} there is one that tells what is forged
     * @param folder is made when missing; a SavedModel in it is replaced
     */
    public static void export(Architecture architecture, Map<String, float[]> weights, Path folder) throws IOException {
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var net = new BuildContext(tf, new Constants(tf, weights), Mode.SERVING);
            var distance = Optional.of(weights)
                    .filter(given -> given.containsKey(FeatureDistance.MEAN))
                    .map(FeatureDistance::of);
            var signatures = new Signatures(net, architecture, distance);
            var exporter = SavedModelBundle.exporter(folder.toString())
                    .withTags(ModelSpec.TAG)
                    .withSession(session)
                    .withSignatures(signatures.encode(), signatures.score(), signatures.whole());
            if (weights.containsKey(MaskHead.KERNEL)) {
                exporter.withSignatures(signatures.locate());
            }
            exporter.export();
        }
    }

    private record Signatures(BuildContext net, Architecture architecture, Optional<FeatureDistance> distance) {

        Signature encode() {
            var frames = frames("encode.frames");
            return Signature.builder(ModelSpec.ENCODE)
                    .input(ModelSpec.FRAMES, frames)
                    .output(
                            ModelSpec.FEATURES,
                            named("encode.features", architecture.encoder().apply(net, frames)))
                    .build();
        }

        Signature locate() {
            var tf = net.tf();
            var frames = frames("locate.frames");
            var places = architecture.encoder().placesOf(net, frames);
            var logits = MaskHead.of(architecture).apply(net, places); // [N,H,W]
            return Signature.builder(ModelSpec.LOCATE)
                    .input(ModelSpec.FRAMES, frames)
                    .output(ModelSpec.FORGED, named("locate.forged", tf.math.sigmoid(logits)))
                    .build();
        }

        Signature score() {
            int t = architecture.frames();
            var features = net.tf()
                    .withName("score.features")
                    .placeholder(
                            TFloat32.class,
                            Placeholder.shape(
                                    Shape.of(-1, t, architecture.encoder().features())));
            var mask = mask("score.mask");
            var signature = Signature.builder(ModelSpec.SCORE)
                    .input(ModelSpec.FEATURES, features)
                    .input(ModelSpec.MASK, mask);
            return withOutputs(signature, "score.", features, mask);
        }

        Signature whole() {
            int s = architecture.inputSize();
            int t = architecture.frames();
            var clips = net.tf()
                    .withName("serve.clips")
                    .placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, t, s, s, 3)));
            var mask = mask("serve.mask");
            var signature = Signature.builder(ModelSpec.SERVING_DEFAULT)
                    .input(ModelSpec.CLIPS, clips)
                    .input(ModelSpec.MASK, mask);
            return withOutputs(signature, "serve.", DetectorGraph.encode(net, architecture, clips), mask);
        }

        /** @param features {@code [B,T,D]} */
        private Signature withOutputs(
                Signature.Builder signature, String prefix, Operand<TFloat32> features, Operand<TFloat32> mask) {
            var output = architecture.head().apply(net, features, mask);
            signature
                    .output(ModelSpec.LOGITS, named(prefix + "logits", output.logits()))
                    .output(ModelSpec.FRAME_LOGITS, named(prefix + "frame_logits", output.frameLogits()));
            distance.map(layer -> layer.ofClips(net, features, mask, architecture.frames()))
                    .ifPresent(value -> signature.output(ModelSpec.DISTANCE, named(prefix + "distance", value)));
            return signature.build();
        }

        private Placeholder<TUint8> frames(String name) {
            int s = architecture.inputSize();
            return net.tf().withName(name).placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, s, s, 3)));
        }

        private Placeholder<TFloat32> mask(String name) {
            return net.tf()
                    .withName(name)
                    .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, architecture.frames())));
        }

        private Operand<TFloat32> named(String name, Operand<TFloat32> value) {
            return net.tf().withName(name).identity(value);
        }
    }
}
