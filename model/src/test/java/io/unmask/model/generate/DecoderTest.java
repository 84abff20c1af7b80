package io.unmask.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecoderTest {
    private static final int STRIDE = 191;

    @TempDir
    Path folder;

    /** The expected bytes are those of the same network in PyTorch 1.13. */
    @Test
    void shouldDrawWhatPyTorchDraws() throws Exception {
        try (var decoder = Decoder.open(SyntheticDecoder.write(folder))) {
            assertThat(decoder.name()).isEqualTo("made");
            assertDrawn(decoder, 168, 0, 229, 112, 0, 203, 210, 0, 200, 224, 0, 255, 134, 0, 255, 248);
        }
    }

    @Test
    void shouldDrawWhatPyTorchDrawsByThePublishedWeights() throws Exception {
        Path published = Path.of(System.getProperty("unmask.root"), "../shared/weights/taef2-decoder.safetensors");
        assumeTrue(Files.exists(published), () -> published + " is not here: the published weights are not compared");
        try (var decoder = Decoder.open(published)) {
            assertThat(decoder.name()).isEqualTo("taef2");
            assertDrawn(decoder, 53, 82, 96, 131, 52, 107, 87, 73, 120, 73, 111, 99, 107, 76, 68, 147);
        }
    }

    private static void assertDrawn(Decoder decoder, int... expected) {
        RgbFrame drawn = decoder.draw(SyntheticDecoder.picture(40, 24));
        assertThat(drawn.width()).isEqualTo(40);
        assertThat(drawn.height()).isEqualTo(24);
        int[] found = IntStream.range(0, expected.length)
                .map(i -> drawn.rgb()[i * STRIDE] & 255)
                .toArray();
        assertThat(IntStream.range(0, expected.length).map(i -> Math.abs(found[i] - expected[i])))
                .as("%s beside %s", Arrays.toString(found), Arrays.toString(expected))
                .allMatch(difference -> difference <= 1);
    }

    @Test
    void shouldNameAMissingFile() throws Exception {
        Path decoder = SyntheticDecoder.write(folder);
        Path encoder = folder.resolve("made-encoder.safetensors");
        Files.delete(encoder);
        assertThatThrownBy(() -> Decoder.open(decoder))
                .isInstanceOf(IOException.class)
                .hasMessage(encoder + ": no such file; a decoder is NAME-decoder.safetensors with"
                        + " NAME-encoder.safetensors beside it");
        Path other = folder.resolve("other.safetensors");
        new SafeTensors(Map.of("design", "nearest-l3"), Map.of(), Map.of()).write(other);
        assertThatThrownBy(() -> Decoder.open(other))
                .isInstanceOf(IOException.class)
                .hasMessage(other + ": is no decoder that 'unmask forge --learn' wrote, and is not called"
                        + " NAME-decoder.safetensors");
    }

    @Test
    void shouldNameADamagedFile() throws Exception {
        Path decoder = SyntheticDecoder.write(folder);
        byte[] whole = Files.readAllBytes(decoder);
        Files.write(decoder, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> Decoder.open(decoder))
                .isInstanceOf(IOException.class)
                .hasMessage(decoder + ": a damaged safetensors file; get it again");
    }

    @Test
    void shouldNameAWeightThatIsMissingOrOfAnotherShape() throws Exception {
        Path decoder = SyntheticDecoder.write(folder);
        var tensors = SafeTensors.read(decoder);
        var shapes = new LinkedHashMap<>(tensors.shapes());
        shapes.put("1.weight", new long[] {32, 64, 3, 3});
        new SafeTensors(tensors.metadata(), shapes, tensors.values()).write(decoder);
        assertThatThrownBy(() -> Decoder.open(decoder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(decoder + ": its weight 1.weight is of the shape [32, 64, 3, 3], wanted is one of"
                        + " [64, 32, 3, 3]; it belongs to another network");

        var values = new LinkedHashMap<>(tensors.values());
        values.remove("1.weight");
        new SafeTensors(tensors.metadata(), tensors.shapes(), values).write(decoder);
        assertThatThrownBy(() -> Decoder.open(decoder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(decoder + ": its weight 1.weight is missing");
    }
}
