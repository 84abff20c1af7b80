package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplingTest {
    @TempDir
    Path folder;

    @Test
    void shouldTakeTheFirstFrameOfEachEighthOfASecondWhenTheVideoHasThirtyFrames() throws Exception {
        Path video = TestVideo.of(30).write(folder.resolve("v.mp4"));
        List<Integer> indices = new ArrayList<>();
        List<Long> millis = new ArrayList<>();
        try (FrameSource source = FrameSources.open(SourceUri.parse(video.toString()), settings(8))) {
            for (Optional<SampledPicture> next = source.next(); next.isPresent(); next = source.next()) {
                indices.add(TestVideo.index(next.get().picture()));
                millis.add(next.get().timeMicros() / 1000);
            }
            assertThat(source.counts()).isEqualTo(new Counts(30, 8, 0));
        }
        assertThat(indices).containsExactly(0, 4, 8, 11, 15, 19, 23, 26);
    }

    static Settings.Source settings(double fps) {
        return new Settings.Source(fps, 1, 10_000, 0, 7680L * 4320);
    }
}
