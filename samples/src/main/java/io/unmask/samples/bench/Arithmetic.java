package io.unmask.samples.bench;

import io.unmask.model.runtime.TensorFlowRuntime;
import io.unmask.model.spec.ModelSpec;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.NodeDef;

/** Counts what a network computes. */
final class Arithmetic {
    private static final Set<String> CONVOLUTIONS = Set.of("Conv2D", "DepthwiseConv2dNative");

    private Arithmetic() {}

    /**
     * Multiplications and additions of the convolutions that one frame's encoding takes; the rest is little.
     *
     * @param config of the sessions to be measured: the first session of a process sets the threads of all
     */
    static double flopsPerFrame(Path model, ConfigProto config) {
        TensorFlowRuntime.ensureLoaded();
        try (SavedModelBundle bundle = SavedModelBundle.loader(model.toString())
                .withTags(ModelSpec.TAG)
                .withConfigProto(config)
                .load()) {
            Map<String, NodeDef> nodes = new HashMap<>();
            bundle.metaGraphDef().getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
            Deque<String> open = new ArrayDeque<>();
            open.add(operation(bundle.metaGraphDef()
                    .getSignatureDefOrThrow(ModelSpec.ENCODE)
                    .getOutputsOrThrow(ModelSpec.FEATURES)
                    .getName()));
            Set<String> seen = new HashSet<>(open);
            double flops = 0;
            while (!open.isEmpty()) {
                NodeDef node = nodes.get(open.remove());
                if (CONVOLUTIONS.contains(node.getOp())) {
                    flops += flops(bundle.graph(), node);
                }
                for (String input : node.getInputList()) {
                    if (seen.add(operation(input))) {
                        open.add(operation(input));
                    }
                }
            }
            return flops;
        }
    }

    private static double flops(Graph graph, NodeDef convolution) {
        Shape output = shape(graph, convolution.getName()); // [N,H,W,outputs]
        Shape kernel = shape(graph, operation(convolution.getInput(1))); // [h,w,inputs,outputs]
        return 2.0 * output.get(1) * output.get(2) * kernel.size();
    }

    private static Shape shape(Graph graph, String operation) {
        return graph.operation(operation).output(0).shape();
    }

    /** Without the output's number or the mark of a control dependency. */
    private static String operation(String tensor) {
        String name = tensor.startsWith("^") ? tensor.substring(1) : tensor;
        int colon = name.indexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }
}
