package io.unmask.samples.make;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.ingest.decode.FrameSource;
import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.decode.SampledPicture;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.FaceDetector;
import io.unmask.samples.TestSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The committed clips, read as unmask reads any video. */
class SampleClipsTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples", "clips");

    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource({"authentic-1, 1", "authentic-2, 1", "forged-1, 1", "forged-2, 1", "two-faces, 2", "no-face, 0"})
    void shouldShowAsManyFacesAsTold(String clip, int faces) throws Exception {
        Seen seen = see(clip);
        assertThat(seen.damaged()).isZero();
        assertThat(seen.faces()).hasSizeGreaterThan(30);
        long right = seen.faces().stream().filter(found -> found == faces).count();
        assertThat(right).isGreaterThanOrEqualTo(Math.round(0.95 * seen.faces().size()));
    }

    @Test
    void shouldBeReadableInTheFirstHalfAndBrokenInTheSecond() throws Exception {
        Seen seen = see("damaged");
        assertThat(seen.damaged()).isPositive();
        assertThat(seen.faces()).hasSizeGreaterThanOrEqualTo(16).startsWith(1, 1, 1, 1, 1, 1, 1, 1);
    }

    @Test
    void shouldBeSmall() throws Exception {
        try (Stream<Path> files = Files.list(CLIPS)) {
            assertThat(files.filter(file -> file.toString().endsWith(".mp4")))
                    .hasSize(Recipe.ALL.size())
                    .allSatisfy(file -> assertThat(file)
                            .satisfies(f -> assertThat(Files.size(f)).isLessThan(400_000)));
        }
    }

    private record Seen(List<Integer> faces, long damaged) {}

    private Seen see(String clip) throws Exception {
        Settings settings = TestSettings.in(home);
        List<Integer> faces = new ArrayList<>();
        SourceUri uri = SourceUri.parse(CLIPS.resolve(clip + ".mp4").toString());
        try (FrameSource source = FrameSources.open(uri, settings.source());
                FaceDetector detector = FaceDetector.open(settings.face())) {
            Optional<SampledPicture> next = source.next();
            while (next.isPresent()) {
                if (next.get().shown().isPresent()) {
                    faces.add(detector.search(next.get().picture(), FaceDetector.Reach.ALL_FACES, List.of())
                            .size());
                }
                next = source.next();
            }
            return new Seen(faces, source.counts().damaged());
        }
    }
}
