package io.unmask.detector.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.model.Programs;
import io.unmask.model.score.TinyModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.Java2DFrameConverter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sample clips, the program ffmpeg and a tiny model that judges brightness. */
@Timeout(value = 300, unit = SECONDS)
final class EvaluateTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples", "clips");

    @TempDir
    static Path shared;

    private static Path model;

    @TempDir
    private Path folder;

    private Path settings;

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyModel.write(shared.resolve("tiny"));
    }

    @BeforeEach
    void writeSettings() throws IOException {
        settings = Files.writeString(
                folder.resolve("unmask.yaml"),
                """
                data-directory: %s
                clip: {frames: 4, hop: 2, min-frames: 2}
                quality: {min-face-px: 8, min-sharpness: 0, min-brightness: 0, max-brightness: 255, min-frontality: 0}
                model: {directory: "%s"}
                """
                        .formatted(shared.resolve("data"), model));
    }

    @Test
    void shouldScoreAVideoAsDetectDoes() throws IOException {
        JsonNode report = json(evaluate("--data", clips("two-faces", "forged-1"), "--format", "json"));

        for (JsonNode sample : report.at("/trial/samples")) {
            String clip = CLIPS.resolve(sample.get("video").asText()).toString();
            Verdict main = CommandLineRun.of(
                            "detect", "--no-publish", "--format", "json", "--config", settings.toString(), clip)
                    .events()
                    .stream()
                    .filter(VerdictEvent::isVerdict)
                    .map(VerdictEvent::parse)
                    .filter(verdict -> verdict.kind() == Verdict.Kind.TRACK)
                    .reduce((a, b) -> frames(b) > frames(a) ? b : a)
                    .orElseThrow();
            assertThat(sample.get("logit").asDouble())
                    .as(clip)
                    .isCloseTo(main.score().orElseThrow().logit(), within(1e-4));
        }
        assertThat(report.at("/trial/samples")).hasSize(2);
    }

    private static int frames(Verdict verdict) {
        return verdict.face().orElseThrow().framesScored();
    }

    @Test
    void shouldMeasureEachRungOfTheLadder() throws IOException {
        Programs.assumeThereIs("ffmpeg");
        Path out = folder.resolve("out");
        CommandLineRun run = evaluate(
                "--data",
                clips("authentic-1", "forged-1"),
                "--faces",
                crops(4, 4),
                "--ladder",
                "--seed",
                "7",
                "--out",
                out.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("clips: all split, 2 of 2 files of ")
                .containsPattern("(?m)^clips +clean +1 +1 ")
                .containsPattern("(?m)^crops +jpeg_40 +4 +4 +1\\.000 +\\(1\\.000-1\\.000\\) ");
        JsonNode report = new ObjectMapper().readTree(out.resolve("report.json").toFile());
        assertThat(StreamSupport.stream(report.get("sections").spliterator(), false)
                        .map(section -> section.get("set").asText() + " "
                                + section.get("condition").asText()))
                .containsExactly(
                        "clips clean",
                        "clips h264_crf23",
                        "clips h264_crf32",
                        "clips h264_crf40",
                        "clips h264_half_size",
                        "crops clean",
                        "crops jpeg_40",
                        "crops half_size");
        assertThat(report.at("/trial/encoder").asText()).startsWith("ffmpeg version ");
        assertThat(report.at("/trial/command").asText())
                .startsWith("unmask evaluate --config ")
                .contains(" --seed 7 ");
        assertThat(report.at("/bootstrap/seed").asInt()).isEqualTo(7);
        assertThat(out.resolve("report.html")).content().contains("h264 crf40");
    }

    @Test
    void shouldSeeOfACropWithAMarginWhatServingSees() throws IOException {
        Path set = Path.of(crops(1, 0));
        var framed = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < 40 * 40; pixel++) {
            int x = pixel % 40;
            int y = pixel / 40;
            boolean middle = Math.abs(x - 19.5) < 10 && Math.abs(y - 19.5) < 10;
            framed.setRGB(x, y, middle ? 0x202020 : 0xE0E0E0);
        }
        ImageIO.write(framed, "png", set.resolve("framed.png").toFile());
        Files.writeString(set.resolve("manifest.csv"), "path,label,margin\nreal/0.png,real,\nframed.png,real,2\n");

        JsonNode samples =
                json(evaluate("--faces", set.toString(), "--format", "json")).at("/trial/samples");

        assertThat(samples).hasSize(2);
        assertThat(samples.get(1).get("logit").asDouble())
                .isCloseTo(samples.get(0).get("logit").asDouble(), within(1e-4));
    }

    @Test
    void shouldSayWhatIsUndefinedWithOneClassAndGiveTheRest() throws IOException {
        CommandLineRun run = evaluate("--faces", crops(3, 0));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsPattern("(?m)^crops +clean +3 +0 +- ")
                .contains("crops, clean: AUC, EER and AP are undefined, there is no fake");
        assertThat(json(evaluate("--faces", crops(3, 0), "--format", "json"))
                        .at("/sections/0/all/metrics/brier/value")
                        .isDouble())
                .isTrue();
    }

    @Test
    void shouldNameWhatHasNoFaceAndMeasureTheOthers() throws IOException {
        CommandLineRun run = evaluate("--data", clips("authentic-1", "no-face"));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("not judged: clips, clean: no-face.mp4: no face found");
    }

    @Test
    void shouldExitWith3WhenNoFileHasAFace() throws IOException {
        CommandLineRun run = evaluate("--data", clips("no-face"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.NOTHING_JUDGED);
        assertThat(run.err())
                .isEqualTo("unmask: no face could be judged in any of 1 files, as in no-face.mp4: no face found\n");
    }

    @Test
    void shouldJudgeNoStillPictureAndGoOnWithVideos() throws Exception {
        Programs.assumeThereIs("ffmpeg");
        Path set = Path.of(clips("authentic-1", "forged-1")).getParent();
        try (FFmpegFrameGrabber video =
                new FFmpegFrameGrabber(set.resolve("forged-1.mp4").toFile())) {
            video.start();
            ImageIO.write(
                    new Java2DFrameConverter().convert(video.grabImage()),
                    "png",
                    set.resolve("still.png").toFile());
        }
        byte[] still = Files.readAllBytes(set.resolve("still.png"));
        Files.write(set.resolve("cut.png"), Arrays.copyOf(still, still.length / 2));
        Path manifest = Files.writeString(
                set.resolve("manifest.csv"), "path,label\nstill.png,fake\ncut.png,fake\nauthentic-1.mp4,real\n");

        CommandLineRun run = evaluate("--data", manifest.toString(), "--ladder", "-D", "clip.min-frames=1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("not judged: clips, clean: still.png: still_picture");
        assertThat(run.out())
                .containsPattern("(?m)^clips +clean +1 +0 ")
                .containsPattern("(?m)^clips +h264_crf23 +1 +0 ");
    }

    @Test
    void shouldMeasureByAThresholdThatEveryFaceReachesAndTellNoSecret() throws IOException {
        JsonNode report = json(evaluate(
                "--faces",
                crops(2, 2),
                "--format",
                "json",
                "-D",
                "verdict.threshold=0",
                "-D",
                "kafka.properties.sasl.jaas.config=password"));

        assertThat(report.at("/sections/0/all/metrics/bpcer/value").asDouble()).isEqualTo(1);
        assertThat(report.at("/trial/command").asText())
                .contains("verdict.threshold=0", "kafka.properties.sasl.jaas.config=(secret)")
                .doesNotContain("password");
    }

    @Test
    void shouldRefuseAModelThatIsNotCalibrated() throws IOException {
        Path raw = TinyModel.write(folder.resolve("raw"), TinyModel.SPEC, Optional.empty());

        CommandLineRun run = evaluate("--faces", crops(1, 1), "--model", raw.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err()).contains("is not calibrated").hasLineCount(1);
    }

    @Test
    void shouldTellWhatFacesOfEachLabelWereCalledByAModelWithLabelsOfItsOwn() throws IOException {
        Path lights = TinyModel.write(folder.resolve("lights"), List.of("dark", "bright", "other"));
        Path set = folder.resolve("lit");
        for (String dark : List.of("dark/0", "dark/1", "bright/2")) {
            picture(set.resolve(dark + ".png"), 0x101010);
        }
        for (String bright : List.of("bright/3", "bright/4", "bright/5")) {
            picture(set.resolve(bright + ".png"), 0xF0F0F0);
        }
        picture(set.resolve("dark/6.png"), 0x808080);
        Path out = folder.resolve("out");

        CommandLineRun run = evaluate("--model", lights.toString(), "--faces", set.toString(), "--out", out.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .contains(
                        "lit, clean: 7 faces, accuracy 0.714, balanced accuracy 0.708; what they were called:",
                        "label   faces  recall  dark  bright  other  inconclusive",
                        "dark        3   0.667     2       0      0             1",
                        "bright      4   0.750     1       3      0             0",
                        "other       0       -     0       0      0             0");
        JsonNode report = new ObjectMapper().readTree(out.resolve("report.json").toFile());
        assertThat(report.at("/sections/0/labels/1/recall").asDouble()).isEqualTo(0.75);
        assertThat(report.at("/trial/samples")).hasSize(7);
        assertThat(out.resolve("report.html")).content().contains("called inconclusive", "75.0 %");
    }

    @Test
    void shouldLabelAVideoAsDetectDoes() throws IOException {
        Path lights = TinyModel.write(folder.resolve("lights"), List.of("dark", "bright"));
        Path set = Files.createDirectories(folder.resolve("lit/dark"));
        Path clip = Files.copy(CLIPS.resolve("authentic-1.mp4"), set.resolve("a.mp4"));
        Verdict verdict = CommandLineRun.of(
                        "detect",
                        "--no-publish",
                        "--format",
                        "json",
                        "--config",
                        settings.toString(),
                        "--model",
                        lights.toString(),
                        clip.toString())
                .events()
                .stream()
                .filter(VerdictEvent::isVerdict)
                .map(VerdictEvent::parse)
                .filter(judged -> judged.kind() == Verdict.Kind.TRACK)
                .findFirst()
                .orElseThrow();

        JsonNode face = json(evaluate(
                        "--model",
                        lights.toString(),
                        "--data",
                        folder.resolve("lit").toString(),
                        "--format",
                        "json"))
                .at("/trial/samples/0/face");

        assertThat(face.get("label").asText()).isEqualTo("dark");
        assertThat(face.get("most_probable").asText())
                .isEqualTo(verdict.labels().orElseThrow().mostProbable().label());
        assertThat(face.get("outcome").asText()).isEqualTo(verdict.outcome());
    }

    @Test
    void shouldRefuseALabelThatTheModelDoesNotKnow() throws IOException {
        Path lights = TinyModel.write(folder.resolve("lights"), List.of("dark", "bright"));
        picture(folder.resolve("lit/0.png"), 0x101010);
        Path manifest = Files.writeString(folder.resolve("lit/manifest.csv"), "path,label\n0.png,dim\n");

        CommandLineRun run = evaluate("--model", lights.toString(), "--faces", manifest.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err()).contains("0.png has the label dim: must be one of [dark, bright]");
    }

    @Test
    void shouldNameFilesThatAreNotThere() throws IOException {
        Path manifest = Files.writeString(folder.resolve("manifest.csv"), "path,label\ngone.mp4,real\n");

        CommandLineRun run = evaluate("--data", manifest.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err())
                .isEqualTo("unmask: " + manifest + ": names 1 files that are not there, as in [gone.mp4]\n");
    }

    @Test
    void shouldTellTheSplitsWhenTheOneAskedForIsEmpty() throws IOException {
        CommandLineRun run = evaluate("--faces", crops(1, 1), "--split", "test");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err()).contains("no file in the test split, it has {", "choose another by --split");
    }

    private CommandLineRun evaluate(String... arguments) {
        List<String> all = new ArrayList<>(List.of("evaluate", "--config", settings.toString()));
        all.addAll(List.of(arguments));
        if (!all.contains("--split")) {
            all.addAll(List.of("--split", "all"));
        }
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    private static JsonNode json(CommandLineRun run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }

    /** A manifest of sample clips. */
    private String clips(String... names) throws IOException {
        Path set = Files.createDirectories(folder.resolve("clips"));
        for (String name : names) {
            Files.copy(CLIPS.resolve(name + ".mp4"), set.resolve(name + ".mp4"));
        }
        String rows = List.of(names).stream()
                .map(name -> name + ".mp4," + (name.startsWith("forged") ? "fake" : "real") + '\n')
                .collect(Collectors.joining());
        return Files.writeString(set.resolve("manifest.csv"), "path,label\n" + rows)
                .toString();
    }

    /** Dark pictures are authentic, bright ones fake. */
    private String crops(int authentic, int fake) throws IOException {
        Path set = folder.resolve("crops");
        for (int i = 0; i < authentic + fake; i++) {
            picture(set.resolve((i < authentic ? "real/" : "fake/") + i + ".png"), i < authentic ? 0x202020 : 0xE0E0E0);
        }
        return set.toString();
    }

    private static void picture(Path file, int colour) throws IOException {
        var picture = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < 40 * 40; pixel++) {
            picture.setRGB(pixel % 40, pixel / 40, colour);
        }
        Files.createDirectories(file.getParent());
        ImageIO.write(picture, "png", file.toFile());
    }
}
