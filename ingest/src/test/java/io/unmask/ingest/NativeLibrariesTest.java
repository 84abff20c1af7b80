package io.unmask.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.config.Settings;
import io.unmask.ingest.face.FaceDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NativeLibrariesTest {
    private static final Path MAPPED = Path.of("/proc/self/maps");

    /** These modules of OpenCV drag in a desktop's libraries, which a server does not have. */
    @Test
    void shouldLoadNoPartOfOpenCvThatNeedsADesktop() throws IOException {
        assumeTrue(Files.isReadable(MAPPED), "needs " + MAPPED);
        FaceDetector.open(new Settings.Face(Optional.empty(), 40, 0.7, 0.3, 1000))
                .close();

        List<String> libraries = Files.readAllLines(MAPPED).stream()
                .filter(line -> line.contains("opencv_") || line.contains("libgtk"))
                .toList();

        assertThat(libraries).anyMatch(line -> line.contains("opencv_dnn"));
        assertThat(libraries)
                .noneMatch(line -> line.matches(".*(opencv_(highgui|objdetect|calib3d|features2d)|libgtk).*"));
    }
}
