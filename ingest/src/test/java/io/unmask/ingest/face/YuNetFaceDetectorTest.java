package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YuNetFaceDetectorTest {
    @TempDir
    private Path folder;

    @Test
    void shouldSayInOneLineThatTheFileIsMissing() {
        Path missing = folder.resolve("yunet.onnx");

        assertThatThrownBy(() -> FaceDetector.open(settings(missing)))
                .isInstanceOf(FaceDetectorException.class)
                .hasMessage("face.yunet-model = " + missing + ": no such readable file; give a YuNet ONNX file or"
                        + " remove the setting to use OpenCV's cascade");
    }

    @Test
    void shouldSayInOneLineThatTheFileIsNoNetwork() throws IOException {
        Path text = Files.writeString(folder.resolve("yunet.onnx"), "not a network");

        assertThatThrownBy(() -> FaceDetector.open(settings(text)))
                .isInstanceOf(FaceDetectorException.class)
                .hasMessageStartingWith("face.yunet-model = " + text + ": OpenCV cannot use it as a YuNet network")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldMakeASquareOfTheHigherBoxAroundItsCentre() {
        assertThat(YuNetFaceDetector.square(40, 20, 60, 80, 0.5)).isEqualTo(new FaceBox(60, 40, 160, 160));
    }

    private static Settings.Face settings(Path model) {
        return new Settings.Face(Optional.of(model), 640, 40, 8, 0.3, 1000);
    }
}
