package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final Checkpoint CHECKPOINT = new Checkpoint(
            42,
            Map.of("seed", "7"),
            new TreeMap<>(Map.of("a", new long[] {2, 2}, "b", new long[] {1})),
            new TreeMap<>(Map.of("a", new float[] {1, -2, Float.MIN_VALUE, 1e30f}, "b", new float[] {-0f})));

    @TempDir
    Path folder;

    @Test
    void shouldComeBackAsItWas() throws Exception {
        Path file = folder.resolve(Checkpoint.FILE);
        CHECKPOINT.write(file);
        var back = Checkpoint.read(file);
        assertThat(back.step()).isEqualTo(42);
        assertThat(back.facts()).isEqualTo(CHECKPOINT.facts());
        assertThat(back.shapes().get("a")).containsExactly(2, 2);
        assertThat(back.values().get("a")).containsExactly(CHECKPOINT.values().get("a"));
        assertThat(back.values().get("b")).containsExactly(CHECKPOINT.values().get("b"));
    }

    @Test
    void shouldRefuseAFileThatIsCutShort() throws Exception {
        Path file = folder.resolve(Checkpoint.FILE);
        CHECKPOINT.write(file);
        byte[] bytes = Files.readAllBytes(file);
        for (int length : new int[] {0, 4, 20, bytes.length - 1}) {
            Files.write(file, java.util.Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> Checkpoint.read(file))
                    .as(length + " of " + bytes.length + " bytes")
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString());
        }
    }
}
