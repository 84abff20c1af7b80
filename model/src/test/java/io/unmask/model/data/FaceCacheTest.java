package io.unmask.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.ingest.FaceExtraction;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.ingest.face.StillFaces;
import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaceCacheTest {
    private static final Path VIDEO = Path.of(System.getProperty("unmask.root"), "samples/clips/authentic-1.mp4");

    private static final CropSpec CROP = new CropSpec(64, 1);

    @TempDir
    Path folder;

    private Settings settings;
    private FaceCache cache;

    @BeforeEach
    void open() {
        settings = SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), Map.of()))
                .settings();
        cache = new FaceCache(folder.resolve("cache"), settings, CROP, 1);
    }

    @Test
    void shouldTakeAPictureThatWasCutAroundItsFaceAsFarAsItGoes() throws Exception {
        var wide = new CropSpec(200, 1.5);
        Path narrow = folder.resolve("narrow.png");
        Pictures.write(cut(wide).get(0).crop(), narrow);
        var wanted = new FaceCache(folder.resolve("cache"), settings, new CropSpec(80, 2.5), 1.25);

        try (var stills = new StillFaces(settings.face())) {
            for (String when : List.of("cut", "cached")) {
                var face = wanted.still(narrow, stills).tracks().get(0);
                assertThat(face.count()).as(when).isOne();
                assertThat(face.margin()).as(when).isBetween(0.6, 0.85); // of 1.5 over 2, as well as the face is found
                assertThat(face.read(0).width()).as(when).isEqualTo(80);
            }
            Path blank = folder.resolve("blank.png");
            Pictures.write(new RgbFrame(64, 64, new byte[64 * 64 * 3]), blank);
            assertThat(wanted.still(blank, stills).tracks()).isEmpty();
        }
    }

    @Test
    void shouldShareCropsBetweenTrainingsOfOtherCropScales() throws Exception {
        var wide = FaceCache.forTraining(folder.resolve("cache"), settings, 192, 1.4)
                .faces(VIDEO)
                .tracks()
                .get(0);
        var close = FaceCache.forTraining(folder.resolve("cache"), settings, 192, 1.05)
                .faces(VIDEO)
                .tracks()
                .get(0);
        assertThat(close.file()).isEqualTo(wide.file());
        assertThat(close.margin()).isCloseTo(wide.margin() * 1.4 / 1.05, within(1e-9));
    }

    @Test
    void shouldGiveBackWhatWasCut() throws Exception {
        List<FaceSample> cut = cut(CROP);

        for (String when : List.of("cut", "cached")) {
            var track = cache.faces(VIDEO).tracks().get(0);
            assertThat(track.count()).as(when).isEqualTo(cut.size());
            for (int i = 0; i < cut.size(); i++) {
                assertThat(track.sample(i)).as(when).usingRecursiveComparison().isEqualTo(cut.get(i));
            }
        }
    }

    @Test
    void shouldHandOverEachSampleOnceWhileTheVideoIsRead() throws Exception {
        var handed = new ArrayList<List<FaceSample>>();
        FaceExtraction.run(SourceUri.parse(VIDEO.toString()), settings, CROP, (track, samples) -> handed.add(samples));

        assertThat(handed).hasSizeGreaterThan(2);
        assertThat(handed.stream().flatMap(List::stream).map(FaceSample::sequence))
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(handed)
                .as("a clip's new samples, not the whole video")
                .allMatch(samples -> samples.size() <= settings.clip().frames());
    }

    @Test
    void shouldReadNoFurtherWhenTheFacesCannotBeKept() throws Exception {
        var asked = new AtomicInteger();
        var source = SourceUri.parse(VIDEO.toString());
        assertThatThrownBy(() -> FaceExtraction.run(source, settings, CROP, (track, samples) -> {
                    asked.incrementAndGet();
                    throw new IOException("no room");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no room");
        assertThat(asked).hasValue(1);
    }

    @Test
    void shouldKeepNothingOfAVideoWhenTheUserStopsInTheMiddle() throws Exception {
        var asked = new AtomicInteger();
        Path own = folder.resolve("stopped");
        var stopping = FaceCache.forTraining(own, settings, 192, 1.4);
        try (var stills = new StillFaces(settings.face())) {
            assertThatThrownBy(() -> stopping.mainFace(VIDEO, stills, () -> asked.incrementAndGet() > 2, why -> {}))
                    .isInstanceOf(InterruptedException.class);
        }
        assertThat(asked).as("before the video, and with each new samples").hasValueGreaterThan(2);
        assertThat(own.resolve("unfinished")).isEmptyDirectory();
        assertThat(own.toFile().list()).containsExactly("unfinished");
    }

    @Test
    void shouldDeleteWhatAKilledProcessLeft() throws Exception {
        Path left = Files.createDirectories(folder.resolve("cache/unfinished/cut-123"));
        Files.writeString(left.resolve("0.crops"), "a part of a video");
        Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        Path cutting = Files.createDirectory(folder.resolve("cache/unfinished/cut-456"));

        cache.faces(VIDEO);

        assertThat(left).doesNotExist();
        assertThat(cutting).as("perhaps another process cuts there").exists();
    }

    @Test
    void shouldLetOthersReadTheCacheAsTheUmaskAllows() throws Exception {
        Path crops = cache.faces(VIDEO).tracks().get(0).file();
        Path usual = Files.createFile(folder.resolve("usual"));
        assertThat(Files.getPosixFilePermissions(crops)).isEqualTo(Files.getPosixFilePermissions(usual));
    }

    @Test
    void shouldLeaveOutAPictureThatCannotBeDecodedAndSayWhy() throws Exception {
        Path torn =
                Files.writeString(folder.resolve("torn.jpg"), "\u00ff\u00d8\u00ff\u00e0", StandardCharsets.ISO_8859_1);
        var lost = new ArrayList<String>();
        try (var stills = new StillFaces(settings.face())) {
            assertThat(cache.mainFace(torn, stills, () -> false, lost::add)).isEmpty();
        }
        assertThat(lost).singleElement().asString().contains("torn.jpg: not a picture");
    }

    private List<FaceSample> cut(CropSpec crop) throws Exception {
        var samples = new ArrayList<FaceSample>();
        FaceExtraction.run(SourceUri.parse(VIDEO.toString()), settings, crop, (track, fresh) -> samples.addAll(fresh));
        return samples;
    }

    @Test
    void shouldReadConsecutiveCropsAsOneByOne() throws Exception {
        var track = cache.faces(VIDEO).tracks().get(0);

        List<RgbFrame> crops = track.read(3, 5);

        assertThat(crops).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(crops.get(i).rgb()).isEqualTo(track.read(3 + i).rgb());
        }
        assertThat(track.read(track.count() - 1, 1)).hasSize(1);
        assertThatThrownBy(() -> track.read(track.count() - 1, 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cut short");
    }

    @Test
    void shouldMakeAnotherFormOnceAndLeaveNothingOfIt() throws Exception {
        FaceCache.Remake copy = (video, scratch) -> Files.copy(video, scratch.resolve("copy.mp4"));
        int count = cache.faces(VIDEO, "copy", copy).tracks().get(0).count();

        assertThat(cache.faces(VIDEO, "copy", (video, scratch) -> {
                            throw new IOException("made twice");
                        })
                        .tracks())
                .extracting(FaceCache.Track::count)
                .startsWith(count);
        assertThatThrownBy(() -> cache.faces(VIDEO, "other", (video, scratch) -> {
                    Files.createFile(scratch.resolve("half"));
                    throw new IOException("no room");
                }))
                .hasMessage("no room");
        assertThat(folder.resolve("cache/unfinished")).isEmptyDirectory();
        try (var files = Files.list(folder.resolve("cache"))) {
            assertThat(files.map(Path::toString))
                    .allMatch(name ->
                            name.endsWith(".crops") || name.endsWith(".tracks") || name.endsWith("/unfinished"));
        }
    }

    @Test
    void shouldSayWhyAVideoCannotBeReadAndTryItAgain() throws Exception {
        FaceCache.Remake torn = (video, scratch) -> Files.writeString(scratch.resolve("torn.mp4"), "no video");

        var first = cache.faces(VIDEO, "remade", torn);
        assertThat(first.tracks()).isEmpty();
        assertThat(first.why()).contains("torn.mp4").contains("is not a video");

        var again = cache.faces(VIDEO, "remade", (video, scratch) -> video);
        assertThat(again.failure()).isEmpty();
        assertThat(again.tracks()).isNotEmpty();
    }

    @Test
    void shouldCutOnceAndRebuildWhatIsNotWhole() throws Exception {
        byte[] first = cache.faces(VIDEO).tracks().get(0).read(3).rgb();
        Path crops = only(".crops");
        var cut = Files.getLastModifiedTime(crops);

        assertThat(cache.faces(VIDEO).tracks().get(0).read(3).rgb()).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(crops)).as("not cut again").isEqualTo(cut);

        try (var file = FileChannel.open(crops, StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 100);
        }
        assertThat(cache.faces(VIDEO).tracks().get(0).read(3).rgb()).isEqualTo(first);

        Files.writeString(only(".tracks"), "no number\n");
        assertThat(cache.faces(VIDEO).tracks().get(0).read(3).rgb()).isEqualTo(first);
    }

    private Path only(String ending) throws IOException {
        try (var files = Files.list(folder.resolve("cache"))) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(ending)).toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }
}
