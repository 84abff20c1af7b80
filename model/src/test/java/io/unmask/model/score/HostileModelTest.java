package io.unmask.model.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;

/** Models with a card and a digest that fit, made by somebody who wants more of this machine than scores. */
class HostileModelTest {
    @TempDir
    Path root;

    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = TinyModel.write(root.resolve("model"));
    }

    @Test
    void shouldRefuseAGraphThatWritesAFile() throws IOException {
        Path victim = root.resolve("victim");
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var in = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 4)));
            var write = tf.io.writeFile(tf.constant(victim.toString()), tf.constant("written"));
            var out = tf.withControlDependencies(write).identity(in);
            SavedModelBundle.exporter(model.toString())
                    .withSession(session)
                    .withSignature(Signature.builder("score")
                            .input("features", in)
                            .output("logits", out)
                            .build())
                    .export();
        }
        sign();

        assertThatThrownBy(() -> ModelDirectory.open(model))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("is refused: its graph holds the operation WriteFile (node WriteFile)")
                .hasMessageNotContaining("\n");
        assertThat(victim).doesNotExist();
    }

    @Test
    void shouldRefuseOperationsThatReadOrCallPrograms() throws IOException {
        for (String operation :
                new String[] {"ReadFile", "PyFunc", "EagerPyFunc", "PrintV2", "DebugIdentity", "Unheard"}) {
            change(graph -> graph.getGraphDefBuilder().addNode(node(operation, "innocent")));
            assertRefused("the operation " + operation + " (node innocent)");
        }
    }

    @Test
    void shouldLookIntoFunctions() throws IOException {
        change(graph -> {
            var function = FunctionDef.newBuilder()
                    .setSignature(OpDef.newBuilder().setName("Smooth"))
                    .addNodeDef(node("WriteFile", "inner"));
            graph.getGraphDefBuilder().getLibraryBuilder().addFunction(function);
            graph.getGraphDefBuilder().addNode(node("Smooth", "outer"));
        });

        assertRefused("the operation WriteFile (node inner)");
    }

    @Test
    void shouldRefuseASignatureThatSavesACheckpoint() throws IOException {
        change(graph -> {
            graph.getGraphDefBuilder()
                    .addNode(node("Identity", "score/more").toBuilder().addInput("^save/Save"));
            var score = graph.getSignatureDefOrThrow("score").toBuilder();
            score.putOutputs(
                    "logits", TensorInfo.newBuilder().setName("score/more:0").build());
            graph.putSignatureDef("score", score.build());
        });

        assertRefused("the operation SaveV2 (node save/Save)");
    }

    @Test
    void shouldRefuseAStartThatSavesACheckpoint() throws IOException {
        change(graph -> graph.putCollectionDef(
                "saved_model_main_op",
                CollectionDef.newBuilder()
                        .setNodeList(CollectionDef.NodeList.newBuilder().addValue("save/Save"))
                        .build()));

        assertRefused("the operation SaveV2 (node save/Save)");
    }

    @Test
    void shouldRefuseACheckpointThatTheGraphChooses() throws IOException {
        change(graph -> {
            graph.getGraphDefBuilder().addNode(node("Const", "path"));
            graph.getGraphDefBuilder()
                    .addNode(node("RestoreV2", "peek").toBuilder().addInput("path"));
        });

        assertRefused("the operation RestoreV2 (node peek)");
    }

    @Test
    void shouldRefuseAFileThatIsNoSavedModel() throws IOException {
        Files.writeString(model.resolve(ModelDigest.GRAPH), "no protobuf at all");
        sign();

        assertThatThrownBy(() -> ModelDirectory.open(model))
                .isInstanceOf(ScoringException.class)
                .hasMessage("model directory " + model + ": saved_model.pb is no SavedModel: copy or export it again");
    }

    @Test
    void shouldTakeAModelThatOnlyComputes() {
        assertThatCode(() -> ModelDirectory.open(model)).doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseAnotherModelThanThePinnedOne() throws IOException {
        var opened = ModelDirectory.open(model);

        assertThatCode(() -> opened.requireDigest(ModelDigest.of(model))).doesNotThrowAnyException();
        assertThatThrownBy(() -> opened.requireDigest("0".repeat(64)))
                .isInstanceOf(ScoringException.class)
                .hasMessage("model.digest = " + "0".repeat(64) + ": the model in " + model + " has the digest "
                        + ModelDigest.of(model) + "; it is another model than the one that was pinned");
    }

    private void assertRefused(String operation) {
        assertThatThrownBy(() -> ModelDirectory.open(model))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("its graph holds " + operation);
    }

    private static NodeDef node(String operation, String name) {
        return NodeDef.newBuilder().setOp(operation).setName(name).build();
    }

    /** Changes the graph of a model that is sound. */
    private void change(Consumer<MetaGraphDef.Builder> edit) throws IOException {
        TinyModel.write(model);
        Path file = model.resolve(ModelDigest.GRAPH);
        var saved = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
        edit.accept(saved.getMetaGraphsBuilder(0));
        Files.write(file, saved.build().toByteArray());
        sign();
    }

    /** Writes the digest of what is there into the card, as anybody can. */
    private void sign() throws IOException {
        Path card = model.resolve(ModelCard.FILE);
        String digest = ModelCards.read(model).digest();
        Files.writeString(card, Files.readString(card).replace(digest, ModelDigest.of(model)));
    }
}
