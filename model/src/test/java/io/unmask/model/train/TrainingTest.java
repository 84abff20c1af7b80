package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.config.TrainSettings;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.face.CropSpec;
import io.unmask.model.calibrate.Calibrator;
import io.unmask.model.calibrate.DistanceLimit;
import io.unmask.model.data.FaceCache;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.data.Manifest;
import io.unmask.model.data.TrainingData;
import io.unmask.model.evaluate.ToolTable;
import io.unmask.model.image.Pictures;
import io.unmask.model.score.ClipScorer.ClipScore;
import io.unmask.model.score.DjlClipScorer;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.spec.ModelCard;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole trainings of a small network on pictures made here: authentic ones are striped, fake ones plain. */
class TrainingTest {
    @TempDir
    Path folder;

    private final ExecutorService loaders = Executors.newSingleThreadExecutor();
    private BooleanSupplier stopped = () -> false;
    private final List<String> changed = new ArrayList<>();
    private final Progress progress = new Progress() {
        @Override
        public void stepped(Step step) {}

        @Override
        public void judged(Judged judged) {}

        @Override
        public void limited(String by) {}

        @Override
        public void changed(String setting) {
            changed.add(setting);
        }

        @Override
        public void skipped(String file) {}
    };

    @BeforeEach
    void writePictures() throws IOException {
        for (int i = 0; i < 24; i++) {
            StripedFaces.write(folder.resolve("faces/real/" + i + ".png"), i, true);
            StripedFaces.write(folder.resolve("faces/fake/" + i + ".png"), i, false);
        }
    }

    @AfterEach
    void stopLoaders() {
        loaders.shutdownNow();
    }

    @Test
    void shouldWriteAModelThatServes() throws Exception {
        ModelCard card = train("out", Map.of(), false, List.of());

        assertThat(card.metrics().get("validation.faces.clean.auc")).isGreaterThan(0.9);
        assertThat(folder.resolve("out/MODEL_CARD.md")).content().contains("## Calibration");
        assertThat(Files.readAllLines(folder.resolve("out/metrics.jsonl"))).hasSize(42);
        assertThat(TensorBoardLogTest.read(folder.resolve("out")))
                .as("version, graph, picture, 40 steps, 2 evaluations")
                .hasSize(45)
                .anyMatch(event -> event.getGraphDef().size() > 10_000);
        try (var scorer = DjlClipScorer.open(ModelDirectory.open(folder.resolve("out")), 1)) {
            assertThat(logit(scorer, false)).isGreaterThan(logit(scorer, true));
            double limit = card.outOfDistribution().orElseThrow().limit();
            assertThat(score(scorer, StripedFaces.frame(32, 99, true))
                            .distance()
                            .orElseThrow())
                    .isLessThan(limit);
            var kept =
                    Checkpoint.read(folder.resolve("out/weights.safetensors")).values();
            var faces = new FeatureDistribution(
                    kept.get("distance.mean"), kept.get("distance.axes"), kept.get("distance.scale")[0]);
            for (int seed = 0; seed < 5; seed++) {
                double expected =
                        faces.distance(scorer.encode(List.of(StripedFaces.frame(32, seed, seed % 2 == 0)))[0]);
                assertThat(score(scorer, StripedFaces.frame(32, seed, seed % 2 == 0))
                                .distance()
                                .orElseThrow())
                        .isCloseTo(expected, within(1e-3 * expected));
            }
        }
    }

    @Test
    void shouldWriteACalibratedModelOfOtherLabels() throws Exception {
        for (int i = 0; i < 24; i++) {
            StripedFaces.write(folder.resolve("faces/columns/" + i + ".png"), i, true);
            StripedFaces.write(folder.resolve("faces/plain/" + i + ".png"), i, false);
            Files.createDirectories(folder.resolve("faces/rows"));
            Pictures.write(transposed(StripedFaces.frame(40, i, true)), folder.resolve("faces/rows/" + i + ".png"));
        }
        Map<String, String> labels =
                Map.of("labels", "rows, plain, columns", "label-weights", "1, 1, 1", "steps", "300");

        ModelCard card = train("out", labels, false, List.of());

        assertThat(card.spec().labels()).containsExactly("rows", "plain", "columns");
        assertThat(card.calibration().orElseThrow().method()).isEqualTo("temperature");
        assertThat(card.calibration().orElseThrow().threshold()).isEqualTo(0.5);
        assertThat(card.outOfDistribution()).isPresent();
        assertThat(card.metrics().get("validation.clean.accuracy")).isGreaterThan(0.8);
        assertThat(card.metrics())
                .containsKeys(
                        "validation.clean.recall.rows",
                        "validation.jpeg_40.recall.plain",
                        "validation.half_size.recall.columns");
        assertThat(folder.resolve("out/MODEL_CARD.md"))
                .content()
                .contains("A label is chosen from a probability of 0.500 on;")
                .doesNotContain("p_fake");
        try (var scorer = DjlClipScorer.open(ModelDirectory.open(folder.resolve("out")), 1)) {
            assertThat(score(scorer, StripedFaces.frame(32, 99, true)).labelLogits())
                    .hasSize(3)
                    .satisfies(logits -> assertThat(logits[2]).isGreaterThan(Math.max(logits[0], logits[1])));
            assertThat(scorer.disagreement()).isLessThan(1e-3);
        }
    }

    @Test
    void shouldRefuseWhatCannotBeALabelAndACalibrationByLeftOutTools() {
        assertThatThrownBy(() -> train("out", Map.of("labels", "cat, inconclusive"), false, List.of()))
                .isInstanceOf(TrainingException.class)
                .hasMessage(
                        "labels = [cat, inconclusive]: 'inconclusive' is what events say where no label was chosen");
        assertThatThrownBy(() -> train(
                        request("out", List.of(), false, Set.of(), List.of(folder.resolve("other"))),
                        Map.of("labels", "cat, dog")))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith("--calibrate-by is for the labels [real, fake]");
    }

    @Test
    void shouldLearnFromFewerFramesThanItServesAndLeaveTheRecurrenceThen() throws Exception {
        ModelCard card = train("out", Map.of("frames", "4", "steps", "100"), false, List.of());

        assertThat(card.spec().clipFrames()).isEqualTo(4);
        assertThat(card.metrics().get("validation.faces.clean.auc")).isGreaterThan(0.9);
        assertThat(Checkpoint.read(folder.resolve("out/weights.safetensors"))
                        .values()
                        .get("head.clip.kernel"))
                .containsOnly(0);
        assertThatThrownBy(
                        () -> train("out", Map.of("frames", "4", "steps", "100", "learn-frames", "4"), true, List.of()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("learn-frames");
    }

    private TrainingData data() throws IOException, InterruptedException {
        return data(faces());
    }

    private TrainingData data(TrainingData.Sources sources) throws IOException, InterruptedException {
        return TrainingData.load(sources, Training.DETECTOR, cache(), skipped -> {}, () -> false);
    }

    private TrainingData.Sources faces() {
        return new TrainingData.Sources(List.of(), List.of(folder.resolve("faces")), Set.of(), false);
    }

    private FaceCache cache() {
        return new FaceCache(folder.resolve("cache"), service(), new CropSpec(40, 1.25), 1.25);
    }

    @Test
    void shouldHoldAGroupOfEachLabelOutWhereChanceHeldOutNone() throws Exception {
        for (var row : Manifest.read(folder.resolve("faces"), Training.DETECTOR).rows()) {
            if (row.split().equals(Manifest.VALIDATION)) {
                Files.delete(row.file());
            }
        }
        var data = data();
        assertThat(data.validation()).extracting(FaceSequence::label).containsExactlyInAnyOrder(0, 1);
        assertThat(data.train()).extracting(FaceSequence::label).contains(0, 1);
    }

    @Test
    void shouldHoldAGroupOutOfTheLabelOfWhichChanceHeldOutNone() throws Exception {
        for (var row : Manifest.read(folder.resolve("faces"), Training.DETECTOR).rows()) {
            if (row.split().equals(Manifest.VALIDATION) && row.label().equals("real")) {
                Files.delete(row.file());
            }
        }
        assertThat(data().validation()).extracting(FaceSequence::label).contains(0, 1);
    }

    @Test
    void shouldRefuseAValidationWithoutALabelAndAFoldThatNoFileHas() throws Exception {
        var rows = new ArrayList<String>(List.of("path,label,split,fold"));
        for (int i = 0; i < 6; i++) {
            rows.add("real/%d.png,real,train,0".formatted(i));
            rows.add("fake/%d.png,fake,%s,1".formatted(i, i < 3 ? "train" : "validation"));
        }
        Files.write(folder.resolve("faces/manifest.csv"), rows);
        assertThatThrownBy(this::data).hasMessageStartingWith("no face labelled real is left for validation");

        var request = request("out", List.of(), false, Set.of("0", "7"), List.of());
        assertThatThrownBy(() -> train(request, Map.of()))
                .hasMessage("--leave-out 7: no file has this fold; the folds are [0, 1]");
    }

    @Test
    void shouldLearnFromNoTestFileThoughItHasAFold() throws Exception {
        var rows = new ArrayList<String>(List.of("path,label,split,fold"));
        for (int i = 0; i < 12; i++) {
            rows.add("real/%d.png,real,%s,%d".formatted(i, i < 4 ? "test" : "train", i % 2));
            rows.add("fake/%d.png,fake,%s,%d".formatted(i, i < 4 ? "test" : "train", i % 2));
        }
        Files.write(folder.resolve("faces/manifest.csv"), rows);
        var data = data(new TrainingData.Sources(List.of(), List.of(folder.resolve("faces")), Set.of("0"), false));
        assertThat(Stream.concat(data.train().stream(), data.validation().stream()))
                .hasSize(16)
                .extracting(FaceSequence::source)
                .noneMatch(source -> source.matches(".*/[0-3].png"));
    }

    @Test
    void shouldLeaveOutAPictureThatCannotBeRead() throws Exception {
        Files.writeString(folder.resolve("faces/real/torn.png"), "no picture");
        var skipped = new ArrayList<String>();
        TrainingData.load(faces(), Training.DETECTOR, cache(), skipped::add, () -> false);
        assertThat(skipped).singleElement().asString().startsWith("real/torn.png: ");
    }

    @Test
    void shouldLeaveOutAFaceCropThatIsNotSquare() throws Exception {
        Pictures.write(new RgbFrame(40, 32, new byte[40 * 32 * 3]), folder.resolve("faces/real/wide.png"));
        var skipped = new ArrayList<String>();
        TrainingData.load(faces(), Training.DETECTOR, cache(), skipped::add, () -> false);
        assertThat(skipped).containsExactly("real/wide.png: a face crop must be square, this is 40x32");
    }

    @Test
    void shouldTellTheFacesOfTwoSetsOfOneNameApart() throws Exception {
        for (int i = 0; i < 24; i++) {
            StripedFaces.write(folder.resolve("other/faces/real/" + i + ".png"), i, true);
        }
        var both = List.of(folder.resolve("faces"), folder.resolve("other/faces"));
        assertThat(data(new TrainingData.Sources(List.of(), both, Set.of(), false))
                        .validation())
                .extracting(FaceSequence::set)
                .contains("faces", "faces (2)");
    }

    @Test
    void shouldNotGoOnCuttingFacesWhenItIsStopped() {
        stopped = () -> true;
        var request = request("out", List.of(), false, Set.of(), List.of());
        assertThatThrownBy(() -> train(request, Map.of())).isInstanceOf(InterruptedException.class);
    }

    @Test
    void shouldJudgeByForgeriesWhereThereAreNoFakes() throws Exception {
        delete("faces/fake");
        var validation = ForgedCrops.withFakes(data().validation());
        assertThat(validation).extracting(FaceSequence::label).contains(0, 1);
        assertThat(validation).filteredOn(face -> face.label() == 1).allSatisfy(face -> assertThat(face.kind())
                .isEqualTo("self-blended"));
    }

    @Test
    void shouldRefuseToTrainOverAnotherRun() throws Exception {
        train("out", Map.of("steps", "20"), false, List.of());
        assertThatThrownBy(() -> train("out", Map.of(), false, List.of()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("--resume");
    }

    @Test
    void shouldRefuseACheckpointOfAnotherNetwork() throws Exception {
        train("out", Map.of("steps", "20"), false, List.of());
        assertThatThrownBy(() -> train("out", Map.of("recurrent-units", "5"), true, List.of()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("another run");
    }

    @Test
    void shouldResumeOnlyWithTheRecipeThatItBeganWith() throws Exception {
        train("first", Map.of("steps", "5"), false, List.of());
        var rows = new ArrayList<String>(List.of("path,label,group,fold"));
        for (int i = 0; i < 24; i++) {
            rows.add("real/%d.png,real,r%d,%d".formatted(i, i, i % 2));
            rows.add("fake/%d.png,fake,f%d,%d".formatted(i, i, i % 2));
        }
        Files.write(folder.resolve("faces/manifest.csv"), rows);
        var from = List.of(folder.resolve("first"));
        var recipe = Map.of("steps", "20", "learning-rate", "0.001");
        train(request("out", from, false, Set.of("0"), List.of()), recipe);

        assertThatThrownBy(() -> train(request("out", List.of(), true, Set.of(), List.of()), Map.of()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("learning-rate was 0.001 and is now 0.01")
                .hasMessageContaining("--leave-out was 0 and is now not given")
                .hasMessageContaining("--from was first and is now not given")
                .hasMessageNotContaining("steps");
        assertThatThrownBy(() -> train(
                        request("out", from, true, Set.of("0"), List.of()),
                        Map.of("learning-rate", "0.001", "labels", "cat, dog")))
                .hasMessageContaining("labels was [real, fake] and is now [cat, dog]");

        train(request("out", from, true, Set.of("0"), List.of()), Map.of("learning-rate", "0.001", "steps", "30"));
        assertThat(changed).containsExactly("steps was 20 and is now 30");

        Files.write(folder.resolve("faces/manifest.csv"), rows.subList(0, 40));
        assertThatThrownBy(() -> train(request("out", from, true, Set.of("0"), List.of()), recipe))
                .hasMessageContaining("data was ");
    }

    @Test
    void shouldSayThatThereIsNoCheckpointToGoOnFrom() {
        assertThatThrownBy(() -> train("out", Map.of(), true, List.of()))
                .isInstanceOf(TrainingException.class)
                .hasMessageEndingWith("no checkpoint yet: start without --resume");
    }

    @Test
    void shouldStartFromTheNewestWeightsOfARun() throws Exception {
        train("run", Map.of("steps", "20"), false, List.of());
        byte[] early = Files.readAllBytes(folder.resolve("run/weights.safetensors"));
        train("run", Map.of("steps", "40"), true, List.of());
        float[] newest = weights("run", "encoder.stage0.a.kernel");
        Files.write(folder.resolve("run/weights.safetensors"), early);

        ModelCard card = export("exported", List.of(folder.resolve("run")));

        assertThat(weights("exported", "encoder.stage0.a.kernel")).containsExactly(newest);
        assertThat(card.facts()).containsEntry("Steps", "40");
    }

    @Test
    void shouldStartFromAnotherRunsWeights() throws Exception {
        train("first", Map.of(), false, List.of());
        ModelCard card = train(
                "second",
                Map.of("steps", "5", "learning-rate", "0.0001", "final-learning-rate", "0", "freeze", "^encoder"),
                false,
                List.of(folder.resolve("first")));
        assertThat(card.metrics().get("validation.faces.clean.auc")).isGreaterThan(0.9);
    }

    @Test
    void shouldStartFromTheMeanOfOtherRunsWeights() throws Exception {
        train("first", Map.of(), false, List.of());
        train("second", Map.of("steps", "20"), false, List.of(folder.resolve("first")));
        var nothing =
                Map.of("steps", "1", "warmup-steps", "1", "learning-rate", "0.00000001", "final-learning-rate", "0");
        train("mean", nothing, false, List.of(folder.resolve("first"), folder.resolve("second")));
        String kernel = "encoder.stage0.a.kernel";
        float[] one = weights("first", kernel);
        float[] other = weights("second", kernel);
        float[] mean = weights("mean", kernel);
        assertThat(one).isNotEqualTo(other);
        for (int i = 0; i < mean.length; i++) {
            assertThat(mean[i]).isCloseTo((one[i] + other[i]) / 2, within(1e-5f));
        }
    }

    private float[] weights(String run, String name) throws IOException {
        return Checkpoint.read(folder.resolve(run).resolve("weights.safetensors"))
                .values()
                .get(name);
    }

    @Test
    void shouldStopWhenPatienceRunsOutAndKeepTheBest() throws Exception {
        var changes = Map.of("steps", "400", "evaluate-steps", "25", "patience", "2");
        ModelCard card = train("out", changes, false, List.of());
        long best = Checkpoint.read(folder.resolve("out/best.safetensors")).step();
        assertThat(card.facts()).containsEntry("Steps", Long.toString(best));
        assertThat(Checkpoint.read(folder.resolve("out/checkpoint.safetensors")).step())
                .isBetween(best, 399L);
        int lines = Files.readAllLines(folder.resolve("out/metrics.jsonl")).size();
        assertThat(train("out", changes, true, List.of()).facts()).isEqualTo(card.facts());
        assertThat(folder.resolve("out/metrics.jsonl"))
                .as("no patience is left")
                .content()
                .hasLineCount(lines);
        assertThat(card.metrics().get("validation.faces.clean.auc")).isGreaterThan(0.9);
    }

    @Test
    void shouldStopAtALossThatIsNoNumberAndKeepTheCheckpoint() throws Exception {
        train("out", Map.of("steps", "20"), false, List.of());
        Path file = folder.resolve("out/checkpoint.safetensors");
        var checkpoint = Checkpoint.read(file);
        checkpoint.values().get("head.frame.kernel")[0] = Float.NaN;
        checkpoint.write(file);
        byte[] good = Files.readAllBytes(file);
        assertThatThrownBy(() -> train("out", Map.of(), true, List.of()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("loss is NaN")
                .hasMessageContaining("at step 21 on [real/")
                .hasMessageContaining("checkpoint.safetensors");
        assertThat(folder.resolve("out/checkpoint.safetensors")).hasBinaryContent(good);
    }

    @Test
    void shouldKeepTheCheckpointWhenTheDiskIsFull() throws Exception {
        train("out", Map.of("steps", "20"), false, List.of());
        byte[] good = Files.readAllBytes(folder.resolve("out/checkpoint.safetensors"));
        Files.createSymbolicLink(folder.resolve("out/checkpoint.safetensors.part"), Path.of("/dev/full"));
        assertThatThrownBy(() -> train("out", Map.of(), true, List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("checkpoint.safetensors")
                .hasMessageContaining("No space left");
        assertThat(folder.resolve("out/checkpoint.safetensors")).hasBinaryContent(good);
    }

    @Test
    void shouldNameTheLogThatCannotBeWrittenOnAFullDisk() throws Exception {
        Files.createDirectories(folder.resolve("out"));
        Files.createSymbolicLink(folder.resolve("out/metrics.jsonl"), Path.of("/dev/full"));
        assertThatThrownBy(() -> train("out", Map.of(), false, List.of()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("metrics.jsonl: cannot be written: No space left");
    }

    @Test
    void shouldRefuseASecondTrainingInOneFolder() throws Exception {
        Files.createDirectories(folder.resolve("out"));
        try (var channel = FileChannel.open(
                        folder.resolve("out/.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> train("out", Map.of(), false, List.of()))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("another training writes here");
        }
    }

    @Test
    void shouldNotLetAFederationReplaceATraining() throws Exception {
        train("out", Map.of("steps", "5"), false, List.of());
        var request = request("out", List.of(), false, Set.of(), List.of());
        assertThatThrownBy(() -> LocalTraining.open(request, settings(Map.of()), context()))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("checkpoint.safetensors is of a training");
    }

    @Test
    void shouldStartFromAFederationsModelAndNotFromWhatTheSiteTrainedLast() throws Exception {
        var request = request("site", List.of(), false, Set.of(), List.of());
        var settings = settings(Map.of());
        String kernel = "encoder.stage0.a.kernel";
        float[] ofAll;
        try (var local = LocalTraining.open(request, settings, context())) {
            var start = local.model().values();
            var model = local.train(new LocalTraining.Round(1, 2, 100, 40, "first"), start)
                    .orElseThrow();
            local.write(model, Map.of());
            ofAll = weights("site", kernel);
            assertThat(local.train(new LocalTraining.Round(2, 2, 100, 5, "second"), model))
                    .isPresent();
        }

        export("exported", List.of(folder.resolve("site")));

        assertThat(weights("exported", kernel)).containsExactly(ofAll);
    }

    @Test
    void shouldRefuseToJudgeByForgeriesWhereTheFakesAreOfAnotherKind() throws Exception {
        var clip = Path.of(System.getProperty("unmask.root"), "samples/clips/authentic-1.mp4");
        Files.copy(clip, Files.createDirectories(folder.resolve("videos")).resolve("a.mp4"));
        Files.writeString(folder.resolve("videos/manifest.csv"), "path,label,fold\na.mp4,real,0\n");
        var rows = new ArrayList<String>(List.of("path,label,fold"));
        for (int i = 0; i < 8; i++) {
            rows.add("real/%d.png,real,1".formatted(i));
            rows.add("fake/%d.png,fake,%d".formatted(i, i % 2));
        }
        Files.write(folder.resolve("faces/manifest.csv"), rows);
        var sources = new TrainingData.Sources(
                List.of(folder.resolve("videos")), List.of(folder.resolve("faces")), Set.of("0"), false);
        var cache = cache();
        var skipped = new ArrayList<String>();
        assertThatThrownBy(() -> TrainingData.load(sources, Training.DETECTOR, cache, skipped::add, () -> false))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("--leave-out: all fakes of these folds are pictures");
        assertThat(skipped).containsExactly("4 pictures among the files to judge by, since the others are videos");
    }

    @Test
    void shouldRefuseFakesAlone() throws Exception {
        delete("faces/real");
        assertThatThrownBy(() -> train("out", Map.of(), false, List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("no face labelled real to learn from");
    }

    @Test
    void shouldRefuseVideosWithoutAFace() {
        var nothing = new TrainingData.Sources(List.of(folder.resolve("faces")), List.of(), Set.of(), false);
        var cache = cache();
        var skipped = new ArrayList<String>();
        assertThatThrownBy(() -> TrainingData.load(nothing, Training.DETECTOR, cache, skipped::add, () -> false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no face was found");
        assertThat(skipped).hasSize(48);
    }

    @Test
    void shouldCalibrateAModelOfAllFoldsByWhatOthersLeftOut() throws Exception {
        var rows = new ArrayList<String>(List.of("path,label,group,method,from,fold"));
        for (int i = 0; i < 24; i++) {
            rows.add("real/%d.png,real,r%d,,camera-%d,%d".formatted(i, i, i % 2, i % 2));
            rows.add("fake/%d.png,fake,f%d,tool-%d,,%d".formatted(i, i, i % 2, i % 2));
        }
        Files.write(folder.resolve("faces/manifest.csv"), rows);
        for (String fold : List.of("0", "1")) {
            train(request("fold-" + fold, List.of(), false, Set.of(fold), List.of()), Map.of("steps", "100"));
        }
        var folds = List.of(folder.resolve("fold-0"), folder.resolve("fold-1"));
        var table = LeftOut.read(folds).table(new Calibrator(0.05, "", LocalDate.EPOCH));
        assertThat(table.tools()).extracting(ToolTable.Tool::name).containsExactly("tool-0", "tool-1");
        assertThat(table.origins()).extracting(ToolTable.Origin::name).containsExactly("camera-0", "camera-1");
        assertThat(table.macroAuc().value()).isGreaterThan(0.9);

        // A model that learns from every file that has a fold needs others to be judged by.
        assertThatThrownBy(() -> train(request("none", List.of(), false, Set.of(), folds), Map.of()))
                .hasMessageContaining("leave the fold of some groups empty");
        StripedFaces.write(folder.resolve("faces/real/own.png"), 98, true);
        StripedFaces.write(folder.resolve("faces/fake/own.png"), 99, false);
        rows.add("real/own.png,real,own,,,");
        rows.add("fake/own.png,fake,own,,,");
        rows.set(0, rows.get(0) + ",split");
        for (int i = 1; i < rows.size(); i++) {
            rows.set(i, rows.get(i) + (rows.get(i).contains("own") ? ",validation" : ","));
        }
        Files.write(folder.resolve("faces/manifest.csv"), rows);
        ModelCard card = train(request("all", List.of(), false, Set.of(), folds), Map.of());
        assertThat(card.calibration().orElseThrow().setDigest())
                .isEqualTo(LeftOut.read(folds).digest());
        assertThat(card.metrics())
                .containsEntry("left_out.auc", table.macroAuc().value());
        assertThat(folder.resolve("all/MODEL_CARD.md")).content().contains("tool-1", "camera-0");
        assertThat(card.outOfDistribution().orElseThrow())
                .isEqualTo(new DistanceLimit(0.05, LeftOut.read(folds).digest())
                        .of(LeftOut.read(folds).clips())
                        .orElseThrow());
    }

    @Test
    void shouldTellNoDistanceWhenNotAskedTo() throws Exception {
        ModelCard card = train("out", Map.of("distribution-frames", "0"), false, List.of());
        assertThat(card.outOfDistribution()).isEmpty();
        try (var scorer = DjlClipScorer.open(ModelDirectory.open(folder.resolve("out")), 1)) {
            assertThat(score(scorer, StripedFaces.frame(32, 99, true)).distance())
                    .isEmpty();
        }
    }

    @Test
    void shouldNameTheFolderThatNoFoldWasLeftOutIn() {
        assertThatThrownBy(() -> LeftOut.read(List.of(folder)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--leave-out");
    }

    @Test
    void shouldExportTheWeightsOfARunAsTheRunItselfDid() throws Exception {
        ModelCard own = train("run", Map.of(), false, List.of());
        Files.delete(folder.resolve("run/weights.safetensors"));

        ModelCard card = export("exported", List.of(folder.resolve("run")));

        assertThat(card.facts()).containsEntry("Steps", "40");
        assertThat(card.calibration()).isEqualTo(own.calibration());
        try (var ours = DjlClipScorer.open(ModelDirectory.open(folder.resolve("run")), 1);
                var exported = DjlClipScorer.open(ModelDirectory.open(folder.resolve("exported")), 1)) {
            assertThat(logit(exported, true)).isCloseTo(logit(ours, true), within(1e-4));
        }
    }

    @Test
    void shouldExportAnAverageWhoseStatisticsAreItsOwn() throws Exception {
        train("start", Map.of("steps", "20"), false, List.of());
        var start = List.of(folder.resolve("start"));
        train("one", Map.of("seed", "1"), false, start);
        train("other", Map.of("seed", "2"), false, start);

        ModelCard card = export("mean", List.of(folder.resolve("one"), folder.resolve("other")));

        String layer = "encoder.stage0.a.";
        float[] kernel = weights("mean", layer + "kernel");
        float[] mean = mean(weights("one", layer + "kernel"), weights("other", layer + "kernel"));
        for (int i = 0; i < kernel.length; i++) {
            assertThat(kernel[i]).isCloseTo(mean[i], within(1e-6f));
        }
        // Later layers see what no layer of either network gave.
        String late = "encoder.stage4.a.";
        float[] own = weights("mean", late + "variance");
        float[] averaged = mean(weights("one", late + "variance"), weights("other", late + "variance"));
        assertThat(own).isNotEqualTo(averaged);
        assertThat(card.metrics().get("validation.faces.clean.auc")).isGreaterThan(0.9);
    }

    @Test
    void shouldExportNothingWhenItIsStopped() throws Exception {
        train(request("run", List.of(), false, Set.of(), List.of()), Map.of("steps", "5"));
        var asked = new AtomicInteger();
        stopped = () -> asked.incrementAndGet() > 48; // once before each picture

        var request = request("exported", List.of(folder.resolve("run")), false, Set.of(), List.of());

        assertThat(training(request, Map.of()).export(200)).isEmpty();
        assertThat(folder.resolve("exported/model.json")).doesNotExist();
    }

    @Test
    void shouldRefuseToExportWeightsOfAnotherNetwork() throws Exception {
        train("run", Map.of("encoder-widths", "4, 4, 6, 6, 6"), false, List.of());
        assertThatThrownBy(() -> export("exported", List.of(folder.resolve("run"))))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("train a network of its sizes")
                .hasMessageContaining("4, 4, 6, 6, 6");
    }

    @Test
    void shouldExportNoModelWithMissingOrForeignWeights() throws Exception {
        train("run", Map.of("mask-loss-share", "0", "steps", "5"), false, List.of());
        var run = request("exported", List.of(folder.resolve("run")), false, Set.of(), List.of());
        assertThatThrownBy(() -> training(run, Map.of()).export(1))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("have no values of")
                .hasMessageContaining("mask-loss-share");
        assertThatThrownBy(() -> training(run, Map.of("mask-loss-share", "0", "input-size", "64"))
                        .export(1))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("input-size was 32 and is now 64");
        assertThatThrownBy(() -> training(run, Map.of("mask-loss-share", "0", "labels", "cat, dog"))
                        .export(1))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("labels was [real, fake]");
        assertThat(training(run, Map.of("mask-loss-share", "0", "seed", "9")).export(1))
                .isPresent();
    }

    private static float[] mean(float[] one, float[] other) {
        var mean = new float[one.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (one[i] + other[i]) / 2;
        }
        return mean;
    }

    private void delete(String name) throws IOException {
        try (var files = Files.list(folder.resolve(name))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private static RgbFrame transposed(RgbFrame frame) {
        byte[] rgb = new byte[frame.rgb().length];
        for (int i = 0; i < rgb.length; i++) {
            int pixel = i / 3;
            rgb[i] = frame.rgb()[3 * (pixel % frame.width() * frame.width() + pixel / frame.width()) + i % 3];
        }
        return new RgbFrame(frame.height(), frame.width(), rgb);
    }

    private static double logit(DjlClipScorer scorer, boolean striped) {
        return score(scorer, StripedFaces.frame(32, 99, striped)).logit();
    }

    private static ClipScore score(DjlClipScorer scorer, RgbFrame frame) {
        var features = scorer.encode(List.of(frame));
        return scorer.score(List.<float[][]>of(features)).get(0);
    }

    private ModelCard train(String out, Map<String, String> changes, boolean resume, List<Path> from)
            throws IOException, InterruptedException {
        return train(request(out, from, resume, Set.of(), List.of()), changes);
    }

    private Training.Request request(
            String out, List<Path> from, boolean resume, Set<String> leftOut, List<Path> calibrateBy) {
        return new Training.Request(
                List.of(),
                List.of(folder.resolve("faces")),
                folder.resolve(out),
                from,
                leftOut,
                calibrateBy,
                resume,
                new Training.ModelName("test", "1"));
    }

    private ModelCard train(Training.Request request, Map<String, String> changes)
            throws IOException, InterruptedException {
        return training(request, changes).run().orElseThrow();
    }

    private ModelCard export(String out, List<Path> from) throws IOException, InterruptedException {
        return training(request(out, from, false, Set.of(), List.of()), Map.of())
                .export(200)
                .orElseThrow();
    }

    private Training training(Training.Request request, Map<String, String> changes) {
        return new Training(request, settings(changes), context());
    }

    private TrainSettings settings(Map<String, String> changes) {
        var values = new HashMap<>(StripedFaces.SMALL);
        values.putAll(changes);
        var none = Map.of("user.home", folder.toString());
        return TrainSettings.loader()
                .load(new SettingsSources(Optional.empty(), Map.of(), none, values))
                .settings();
    }

    private Training.Context context() {
        return new Training.Context(service(), folder.resolve("cache"), loaders, Clock.systemUTC(), progress, stopped);
    }

    private Settings service() {
        var home = Map.of("user.home", folder.toString());
        return SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), home, Map.of()))
                .settings();
    }
}
