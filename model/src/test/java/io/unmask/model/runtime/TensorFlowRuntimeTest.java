package io.unmask.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TensorFlowRuntimeTest {
    @Test
    void shouldLoadTheLibraryThatTheBuildBrings() {
        assertThat(TensorFlowRuntime.version()).isEqualTo("2.16.1");
        assertThat(Path.of(System.getProperty("TENSORFLOW_LIBRARY_PATH")))
                .isDirectoryContaining("glob:**jnitensorflow*")
                .isDirectoryContaining("glob:**tensorflow_cc*");
    }

    @Test
    void shouldSayWhatToDoWhereThePlatformHasNoLibrary() {
        assertThatThrownBy(() -> TensorFlowRuntime.unpack("plan9-mips"))
                .isInstanceOf(TensorFlowUnavailableException.class)
                .hasMessageStartingWith("no TensorFlow library for plan9-mips on the class path")
                .hasMessageContaining("set TENSORFLOW_LIBRARY_PATH to a folder that holds it")
                .hasMessageNotContaining("\n");
    }
}
