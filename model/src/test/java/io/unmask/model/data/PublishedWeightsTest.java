package io.unmask.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedWeightsTest {
    private static final String MANIFEST =
            """
            !function(){x={1:[function(e){e.exports={modelTopology:{a:!0},weightsManifest:[{paths:["group1-shard1of1"],\
            weights:[{name:"Conv1/kernel",shape:[3,3,3,32],dtype:"float32",\
            quantization:{min:-.5,scale:.25,dtype:"uint8"}},\
            {name:"block_1_depthwise/depthwise_kernel",shape:[3,3,16,1],dtype:"float32",\
            quantization:{min:1,scale:2,dtype:"uint8"}},\
            {name:"bn_Conv1/moving_variance",shape:[2],dtype:"float32",quantization:{min:0,scale:1,dtype:"uint8"}},\
            {name:"Conv_1_bn/beta",shape:[2],dtype:"float32",quantization:{min:0,scale:1,dtype:"uint8"}},\
            {name:"dense_1/kernel",shape:[2],dtype:"float32",quantization:{min:0,scale:1,dtype:"uint8"}}]}]}},{}]}();
            """
                    .replace("\\\n", "");
    private static final int BYTES = 3 * 3 * 3 * 32 + 3 * 3 * 16 + 6;

    @TempDir
    Path folder;

    @Test
    void shouldReadQuantisedWeightsUnderTheNamesOfOurLayers() throws Exception {
        write(BYTES);
        assertThat(PublishedWeights.areIn(folder)).isTrue();
        var weights = PublishedWeights.read(folder).values();
        assertThat(weights)
                .containsOnlyKeys(
                        "encoder.Conv1.kernel",
                        "encoder.block_1_depthwise.kernel",
                        "encoder.Conv1.variance",
                        "encoder.Conv_1.beta");
        assertThat(weights.get("encoder.Conv1.kernel")).hasSize(864).startsWith(-0.5f, -0.25f, 0f);
        assertThat(weights.get("encoder.Conv1.kernel")[255]).isCloseTo(-0.5f + 255 * 0.25f, within(1e-5f));
        assertThat(PublishedWeights.read(folder).shapes().get("encoder.block_1_depthwise.kernel"))
                .containsExactly(3, 3, 16, 1);
    }

    @Test
    void shouldRefuseAPackageThatIsCutShort() throws Exception {
        write(BYTES - 1);
        assertThatThrownBy(() -> PublishedWeights.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("model.min.js")
                .hasMessageContaining("dense_1/kernel");
    }

    @Test
    void shouldRefuseAScriptOfAnotherKind() throws Exception {
        Files.writeString(folder.resolve("model.min.js"), "alert(1)");
        assertThatThrownBy(() -> PublishedWeights.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("layers model of TensorFlow.js");
    }

    private void write(int count) throws IOException {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) i;
        }
        Files.writeString(folder.resolve("model.min.js"), MANIFEST);
        Files.writeString(
                folder.resolve("group1-shard1of1.min.js"),
                "e.exports=\"" + Base64.getEncoder().encodeToString(bytes) + "\"");
    }
}
