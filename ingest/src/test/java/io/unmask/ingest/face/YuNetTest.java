package io.unmask.ingest.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.RgbFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YuNetTest {
    @TempDir
    private Path folder;

    @Test
    void shouldSayInOneLineThatTheFileIsMissing() {
        Path missing = folder.resolve("yunet.onnx");

        assertThatThrownBy(() -> FaceDetector.open(settings(missing)))
                .isInstanceOf(FaceDetectorException.class)
                .hasMessage("face.yunet-model = " + missing + ": no such readable file; give a YuNet ONNX file or"
                        + " remove the setting to use the network that ships");
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
    void shouldFindTheFacesThatTheShippedNetworkFinds() {
        Path model = TestPictures.shared("weights", "yunet-s-640.onnx");
        RgbFrame picture = TestPictures.first("two-faces.mp4");
        try (FaceDetector yunet = FaceDetector.open(settings(model));
                FaceDetector shipped = FaceDetector.open(new Settings.Face(Optional.empty(), 40, 0.7, 0.3, 1000))) {
            List<FaceHit> hits = yunet.search(picture, FaceDetector.Reach.ALL_FACES, List.of());

            assertThat(hits).hasSize(2);
            for (FaceHit other : shipped.search(picture, FaceDetector.Reach.ALL_FACES, List.of())) {
                assertThat(hits).anySatisfy(hit -> assertThat(hit.box().overlap(other.box()))
                        .isGreaterThan(0.75));
            }
        }
    }

    private static Settings.Face settings(Path model) {
        return new Settings.Face(Optional.of(model), 40, 0.7, 0.3, 1000);
    }
}
