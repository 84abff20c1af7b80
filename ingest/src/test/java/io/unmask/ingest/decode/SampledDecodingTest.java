package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampledDecodingTest {
    @TempDir
    Path folder;

    private final Counters counters = new Counters();

    @ParameterizedTest
    @ValueSource(doubles = {1, 2}) // as it is, and converted
    void shouldKeepAPictureWhileOthersAreDecodedAhead(double pixelAspect) throws Exception {
        Path file = TestVideo.of(30).pixelAspect(pixelAspect).write(folder.resolve("v.mkv"));
        SampledDecoding decoding = decoding(file);
        try {
            decoding.open();
            assertThat(decoding.picturesAhead()).isEqualTo(6);
            Picture first = decoding.next().orElseThrow().picture();
            int index = TestVideo.index(first.copy());
            for (int ahead = 0; ahead < decoding.picturesAhead(); ahead++) {
                Picture other = decoding.next().orElseThrow().picture();
                assertThat(TestVideo.index(other.copy())).isGreaterThan(index);
            }
            assertThat(TestVideo.index(first.copy())).isEqualTo(index);
        } finally {
            decoding.close();
        }
    }

    @Test
    void shouldDecodeLargePicturesOneAhead() throws Exception {
        SampledDecoding decoding = decoding(TestVideo.of(2).size(3840, 2160).write(folder.resolve("v.mkv")));
        try {
            decoding.open();
            assertThat(decoding.picturesAhead()).isEqualTo(1);
        } finally {
            decoding.close();
        }
    }

    @Test
    void shouldEndOnce() throws Exception {
        Path whole = TestVideo.of(30).write(folder.resolve("v.ts"));
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("cut.ts"), Arrays.copyOf(bytes, bytes.length * 3 / 4 - 77));
        SampledDecoding decoding = decoding(cut);
        try {
            decoding.open();
            while (decoding.next().isPresent()) {
                assertThat(counters.counts().sampled()).isLessThan(30);
            }
            Counts atEnd = counters.counts();
            assertThat(decoding.next()).isEmpty();
            assertThat(counters.counts()).isEqualTo(atEnd);
        } finally {
            decoding.close();
        }
    }

    private SampledDecoding decoding(Path file) {
        return new SampledDecoding(
                new SourceUri(SourceUri.Kind.FILE, file.toString()),
                Sources.settings(8),
                new InterruptFlag(),
                counters,
                new SampledDecoding.Live(() -> {}, System::nanoTime, Optional.empty()));
    }
}
