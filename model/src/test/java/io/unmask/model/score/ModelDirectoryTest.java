package io.unmask.model.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelDigest;
import io.unmask.model.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelDirectoryTest {
    @TempDir
    Path root;

    private Path directory;

    @BeforeEach
    void write() throws IOException {
        directory = TinyModel.write(root.resolve("model"));
    }

    @Test
    void shouldOpenWhatWasWritten() {
        var model = ModelDirectory.open(directory);
        assertThat(model.card().spec()).isEqualTo(TinyModel.SPEC);
        assertThat(model.calibration()).isEqualTo(TinyModel.CALIBRATION);
        assertThat(model.card().digest()).matches("[0-9a-f]{64}");
        assertThat(model.card().metrics()).containsEntry("validation.auc", 0.5);
    }

    @Test
    void shouldSayThatTheDirectoryIsMissing() {
        assertRefused(root.resolve("none")).hasMessageContaining("none does not exist");
    }

    @Test
    void shouldSayWhichFileIsMissing() throws IOException {
        Files.delete(directory.resolve(ModelDigest.GRAPH));
        assertRefused(directory).hasMessageContaining("has no saved_model.pb");
        Files.delete(directory.resolve(ModelCard.FILE));
        assertRefused(directory).hasMessageContaining("has no model.json");
    }

    @Test
    void shouldSayWhereTheCardIsMalformed() throws IOException {
        Files.writeString(directory.resolve(ModelCard.FILE), "{\n  \"name\": }");
        assertRefused(directory).hasMessageContaining("model.json:2:").hasMessageContaining("Unexpected character");
    }

    @Test
    void shouldNameTheValueThatIsOfTheWrongKind() throws IOException {
        edit("\"threshold\" : 0.5", "\"threshold\" : \"high\"");
        assertRefused(directory).hasMessageContaining("calibration.threshold");
    }

    @Test
    void shouldNameTheValueThatIsMissing() throws IOException {
        edit("\"architecture\" : \"tiny-brightness-1\",", "");
        assertRefused(directory).hasMessageEndingWith("spec.architecture: Missing creator property 'architecture'");
    }

    @Test
    void shouldNameTheKeyThatIsUnknown() throws IOException {
        edit("\"input_size\"", "\"input_sise\" : 1, \"input_size\"");
        assertRefused(directory).hasMessageContaining("spec.input_sise: unknown key, known are [");
    }

    @Test
    void shouldRefuseACardOfAnotherFormat() throws IOException {
        edit("\"format\" : 1", "\"format\" : 2");
        assertRefused(directory).hasMessageContaining("format = 2, this unmask reads 1");
    }

    @ParameterizedTest
    @CsvSource({"temperature, 2.0, 0, must be above 0", "threshold, 0.5, 5.0, must be from 0 to 1"})
    void shouldRefuseACalibrationThatMeansNothing(String key, String from, String to, String why) throws IOException {
        edit("\"%s\" : %s".formatted(key, from), "\"%s\" : %s".formatted(key, to));
        assertRefused(directory)
                .hasMessageContaining("calibration: " + key + " = ")
                .hasMessageEndingWith(": " + why);
    }

    @Test
    void shouldRefuseACardThatIsNestedTooDeep() throws IOException {
        Files.writeString(directory.resolve(ModelCard.FILE), "[".repeat(2000));
        assertRefused(directory).hasMessageContaining("model.json").hasMessageContaining("nesting depth");
    }

    @Test
    void shouldRefuseAFileThatWasAltered() throws IOException {
        Path weights = directory.resolve("variables/variables.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length / 2] ^= 1;
        Files.write(weights, bytes);
        assertRefused(directory).hasMessageContaining("damaged or was altered: digest " + ModelDigest.of(directory));
    }

    @Test
    void shouldRefuseAFileThatWasAdded() throws IOException {
        Files.writeString(directory.resolve("variables/more"), "");
        assertRefused(directory).hasMessageContaining("damaged or was altered");
    }

    @Test
    void shouldTakeLabelsOfItsOwn(@TempDir Path other) throws IOException {
        TinyModel.write(other, List.of("silent", "speaking", "chewing"));
        var spec = ModelDirectory.open(other).card().spec();
        assertThat(spec.detects()).isFalse();
        assertThat(spec.labels()).containsExactly("silent", "speaking", "chewing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fake,real        | a detector's are [real, fake], in that order",
                "cat              | must be from 2 to 64",
                "cat,dog,cat      | must not name one twice",
                "cat,inconclusive | 'inconclusive' is what events say where no label was chosen",
                "cat,@red         | a label has 1 to 64 lower-case letters",
                "cat,Dog          | a label has 1 to 64 lower-case letters"
            })
    void shouldRefuseWhatCannotBeLabels(String labels, String why, @TempDir Path other) throws IOException {
        TinyModel.write(
                other,
                new ModelSpec("x", 32, 4, 4, 1, 8, List.of(labels.split(","))),
                Optional.of(TinyModel.CALIBRATION));
        assertRefused(other).hasMessageContaining("spec.labels = [").hasMessageContaining("]: " + why);
    }

    @Test
    void shouldGiveNoCalibrationOfAModelThatHasNone(@TempDir Path other) throws IOException {
        TinyModel.write(other, TinyModel.SPEC, Optional.empty());
        var model = ModelDirectory.open(other);
        assertThatThrownBy(model::calibration)
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("model tiny 1 in " + other + " is not calibrated: make one with unmask train");
    }

    @Test
    void shouldUnpackThePackagedModelOnce() throws IOException {
        Path cache = root.resolve("cache");
        var packaged = new PackagedModel(this::resource);
        Path first = packaged.unpack(cache).path();
        assertThat(first.getFileName()).hasToString(ModelDigest.of(directory));
        var written = Files.getLastModifiedTime(first.resolve(ModelDigest.GRAPH));

        assertThat(packaged.unpack(cache).path()).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(first.resolve(ModelDigest.GRAPH))).isEqualTo(written);
        assertThatCode(() -> ModelDirectory.open(first)).doesNotThrowAnyException();
        assertThat(cache).isDirectoryNotContaining("glob:**unpacking-*");
    }

    @Test
    void shouldUnpackAgainWhatWasDamagedInTheCache() throws IOException {
        Path cache = root.resolve("cache");
        var packaged = new PackagedModel(this::resource);
        Path unpacked = packaged.unpack(cache).path();
        Files.write(unpacked.resolve(ModelDigest.GRAPH), new byte[] {1}, StandardOpenOption.APPEND);

        packaged.unpack(cache);
        assertThatCode(() -> ModelDirectory.open(unpacked)).doesNotThrowAnyException();
    }

    @Test
    void shouldUnpackAgainWhenTheSameGraphWasCalibratedAnew() throws IOException {
        Path cache = root.resolve("cache");
        Path card = new PackagedModel(this::resource).unpack(cache).path().resolve(ModelCard.FILE);
        String shipped = Files.readString(card);
        Files.writeString(card, shipped.replace("\"version\" : \"1\"", "\"version\" : \"0\""));
        assertThat(Files.readString(card)).isNotEqualTo(shipped);

        assertThat(new PackagedModel(this::resource).unpack(cache).card().version())
                .isEqualTo("1");
        assertThat(Files.readString(card)).isEqualTo(shipped);
    }

    @Test
    void shouldLeaveTheModelThatAnotherProcessUnpackedMeanwhile() throws IOException {
        Path cache = root.resolve("cache");
        var another = new PackagedModel(this::resource);
        var firsts = new ArrayList<Object>();
        new PackagedModel(name -> {
                    if (name.equals(ModelDigest.GRAPH)) {
                        firsts.add(fileKey(another.unpack(cache).path()));
                    }
                    return resource(name);
                })
                .unpack(cache);

        assertThat(firsts).containsExactly(fileKey(cache.resolve(ModelDigest.of(directory))));
        assertThat(cache).isDirectoryNotContaining("glob:**unpacking-*");
    }

    private static Object fileKey(Path folder) {
        try {
            return Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldRemoveWhatAProcessThatWasKilledHadBegunToUnpack() throws IOException {
        Path killed = Files.createDirectories(root.resolve("cache/unpacking-1"));
        Files.writeString(killed.resolve(ModelDigest.GRAPH), "half");
        Files.setLastModifiedTime(killed, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

        new PackagedModel(this::resource).unpack(root.resolve("cache"));

        assertThat(killed).doesNotExist();
    }

    @Test
    void shouldSayThatNoModelShips() {
        var none = new PackagedModel(name -> null);
        assertThatThrownBy(() -> none.unpack(root))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("no model ships with this build");
    }

    private InputStream resource(String name) {
        try {
            Path file = directory.resolve(name);
            return Files.exists(file) ? new ByteArrayInputStream(Files.readAllBytes(file)) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void edit(String from, String to) throws IOException {
        Path card = directory.resolve(ModelCard.FILE);
        String text = Files.readString(card);
        assertThat(text).contains(from);
        Files.writeString(card, text.replace(from, to));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Path path) {
        return assertThatThrownBy(() -> ModelDirectory.open(path))
                .isInstanceOf(ScoringException.class)
                .hasMessageNotContaining("\n");
    }
}
