package io.unmask.model.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorInfo;

/**
 * What the graphs of a SavedModel may do. TensorFlow runs whatever a graph asks for: some operations write files, read
 * files, open connections or call programs, and loading a model already runs a part of it. So a graph may hold only
 * operations that compute, named here; any other is refused before TensorFlow sees the file.
 */
public final class GraphOperations {
    private static final Set<String> ARITHMETIC = Set.of(
            ("Abs Add AddN AddV2 All Any ArgMax ArgMin BatchMatMul BatchMatMulV2 BiasAdd Ceil ClipByValue Cos Cumsum Div"
                            + " DivNoNan Einsum Elu Equal Erf Exp Expm1 Floor FloorDiv FloorMod Greater GreaterEqual IsFinite"
                            + " IsInf IsNan L2Loss LeakyRelu Less LessEqual Log Log1p LogSoftmax LogicalAnd LogicalNot"
                            + " LogicalOr MatMul Max Maximum Mean Min Minimum Mul Neg NotEqual Pow Prod RealDiv Reciprocal"
                            + " Relu Relu6 Round Rsqrt Select SelectV2 Selu Sigmoid Sign Sin Softmax Softplus Softsign Sqrt"
                            + " Square SquaredDifference Sub Sum Tanh TopKV2")
                    .split(" "));

    private static final Set<String> PICTURES =
            Set.of(("AvgPool BatchToSpaceND Conv2D DepthToSpace DepthwiseConv2dNative FusedBatchNorm FusedBatchNormV2"
                            + " FusedBatchNormV3 MaxPool MaxPoolV2 MirrorPad Pad PadV2 ResizeBilinear ResizeNearestNeighbor"
                            + " SpaceToBatchND SpaceToDepth")
                    .split(" "));

    private static final Set<String> SHAPES = Set.of(
            ("BroadcastTo Cast Concat ConcatV2 Const ExpandDims Fill Gather GatherNd GatherV2 Identity IdentityN NoOp OneHot"
                            + " OnesLike Pack Placeholder PlaceholderWithDefault Range Rank Reshape ReverseV2 Shape ShapeN"
                            + " Size Slice Split SplitV Squeeze StopGradient StridedSlice Tile Transpose Unpack ZerosLike")
                    .split(" "));

    private static final Set<String> VARIABLES = Set.of(
            "Assign",
            "AssignVariableOp",
            "IsVariableInitialized",
            "ReadVariableOp",
            "VarHandleOp",
            "VarIsInitializedOp",
            "VariableV2");

    /** Writes a checkpoint. Every graph with variables that TensorFlow saved holds it; serving must not reach it. */
    private static final String SAVE = "SaveV2";

    /** Reads a checkpoint. The loader says which, and a graph must not. */
    private static final String RESTORE = "RestoreV2";

    private GraphOperations() {}

    /**
     * Says which operation of a SavedModel is not allowed, if one is not. Loads no native library.
     *
     * @param savedModel the file {@code saved_model.pb}
     * @return a clause that names operation and node
     * @throws IOException when the file cannot be read or is no SavedModel
     */
    public static Optional<String> forbidden(Path savedModel) throws IOException {
        return SavedModel.parseFrom(Files.readAllBytes(savedModel)).getMetaGraphsList().stream()
                .flatMap(graph -> forbidden(graph).stream())
                .findFirst();
    }

    private static Optional<String> forbidden(MetaGraphDef graph) {
        Map<String, NodeDef> nodes = new HashMap<>();
        graph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
        List<FunctionDef> functions = graph.getGraphDef().getLibrary().getFunctionList();
        Set<String> functionNames = new HashSet<>();
        functions.forEach(function -> functionNames.add(function.getSignature().getName()));
        Stream<NodeDef> inFunctions = functions.stream().flatMap(function -> function.getNodeDefList().stream());
        Set<String> served = served(graph, nodes);
        return Stream.concat(
                        inFunctions.filter(node -> !computes(node, functionNames)),
                        nodes.values().stream()
                                .filter(node ->
                                        !computes(node, functionNames) && !keepsVariables(node, graph, nodes, served)))
                .map(node -> "the operation " + node.getOp() + " (node " + node.getName() + ")")
                .sorted()
                .findFirst();
    }

    /** Whether it computes something, by itself or by a function of the same graph, whose nodes are looked at, too. */
    private static boolean computes(NodeDef node, Set<String> functions) {
        String operation = node.getOp();
        return ARITHMETIC.contains(operation)
                || PICTURES.contains(operation)
                || SHAPES.contains(operation)
                || VARIABLES.contains(operation)
                || functions.contains(operation);
    }

    private static boolean keepsVariables(
            NodeDef node, MetaGraphDef graph, Map<String, NodeDef> nodes, Set<String> served) {
        return switch (node.getOp()) {
            case SAVE -> !served.contains(node.getName());
            case RESTORE -> readsWhatTheLoaderNames(node, graph, nodes);
            default -> false;
        };
    }

    private static boolean readsWhatTheLoaderNames(NodeDef restore, MetaGraphDef graph, Map<String, NodeDef> nodes) {
        String fed = graph.getSaverDef().getFilenameTensorName();
        if (restore.getInputCount() == 0 || fed.isEmpty()) {
            return false;
        }
        NodeDef file = nodes.get(node(restore.getInput(0)));
        return file != null && file.getName().equals(node(fed)) && file.getOp().equals("Placeholder");
    }

    /** The nodes that run when the model is loaded or asked: what the loader starts at, and all that it depends on. */
    private static Set<String> served(MetaGraphDef graph, Map<String, NodeDef> nodes) {
        Set<String> served = new HashSet<>();
        Deque<String> next = new ArrayDeque<>(starts(graph));
        while (!next.isEmpty()) {
            String name = node(next.pop());
            if (served.add(name) && nodes.containsKey(name)) {
                next.addAll(nodes.get(name).getInputList());
            }
        }
        return served;
    }

    private static List<String> starts(MetaGraphDef graph) {
        Stream<String> outputs = graph.getSignatureDefMap().values().stream()
                .map(signature -> signature.getOutputsMap().values())
                .flatMap(Collection::stream)
                .map(TensorInfo::getName);
        Stream<String> atStart = graph.getCollectionDefMap().values().stream()
                .map(CollectionDef::getNodeList)
                .flatMap(list -> list.getValueList().stream());
        String restore = graph.getSaverDef().getRestoreOpName();
        return Stream.of(outputs, atStart, Stream.of(restore))
                .flatMap(names -> names)
                .toList();
    }

    /** A reference is {@code ^node} when it orders only, and {@code node:1} when it takes another output than the first. */
    private static String node(String reference) {
        String name = reference.startsWith("^") ? reference.substring(1) : reference;
        int colon = name.indexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }
}
