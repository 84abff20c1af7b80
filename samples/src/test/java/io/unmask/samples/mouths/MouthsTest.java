package io.unmask.samples.mouths;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.spec.ModelCards;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Labels of one's own, the whole way: a data set, a training and a run, on the sample clips. */
@Timeout(value = 600, unit = SECONDS)
class MouthsTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples", "clips");
    private static final int SIDE = 100;
    private static final List<String> SMALL = List.of(
            "labels=silent,speaking",
            "label-weights=1,1",
            "input-size=96",
            "frames=8",
            "encoder-widths=8,8,12,12,16",
            "recurrent-units=12",
            "batch-clips=8",
            "steps=150",
            "warmup-steps=5",
            "learning-rate=0.01",
            "evaluate-steps=50",
            "checkpoint-steps=150");

    @TempDir
    Path folder;

    @Test
    void shouldMeasureAMouthThatOpensAndNotAHeadThatMoves() {
        double nodding = MouthMotion.of(film(t -> 0, t -> t % 2 * 4));
        double mumbling = MouthMotion.of(film(t -> t % 2 * 5, t -> 0));
        double talking = MouthMotion.of(film(t -> t % 2 * 10, t -> 0));

        assertThat(MouthMotion.of(film(t -> 0, t -> 0))).isZero();
        assertThat(nodding).isLessThan(mumbling);
        assertThat(talking).isGreaterThan(1.5 * mumbling);
    }

    @Test
    void shouldMakeADataSetThatAModelLearnsFromAndRunTheModel() throws Exception {
        List<String> rows = new ArrayList<>(List.of("path,label,person"));
        for (String clip : List.of("authentic-1", "authentic-2", "forged-1", "forged-2")) {
            Files.copy(CLIPS.resolve(clip + ".mp4"), folder.resolve(clip + ".mp4"));
            rows.add(clip + ".mp4,real," + clip);
        }
        Files.write(folder.resolve("manifest.csv"), rows);
        String mouths = folder.resolve("mouths").toString();
        String model = folder.resolve("model").toString();

        assertThat(unmask(List.of("cut-mouths", "--data", folder.toString(), "--out", mouths, "--frames", "8")))
                .containsPattern("(\\d+) clips of speaking and \\1 of silent mouths of [234] persons are in ");
        assertThat(Files.readAllLines(folder.resolve("mouths/manifest.csv")))
                .anyMatch(row -> row.matches("silent/\\w+-\\d+\\.mp4,silent,.*,train"))
                .anyMatch(row -> row.matches("silent/\\w+-\\d+\\.mp4,silent,.*,validation"))
                .anyMatch(row -> row.matches("speaking/\\w+-\\d+\\.mp4,speaking,.*,train"))
                .anyMatch(row -> row.matches("speaking/\\w+-\\d+\\.mp4,speaking,.*,validation"));

        String cache = folder.resolve("cache").toString();
        unmask(with(SMALL, "train", "--data", mouths, "--out", model, "--cache", cache));
        assertThat(ModelCards.read(folder.resolve("model")).metrics())
                .containsKeys("validation.clean.accuracy", "validation.clean.recall.speaking");

        String events = unmask(with(
                List.of("clip.frames=8", "clip.hop=4", "clip.min-frames=4"),
                "detect",
                "--no-publish",
                "--format",
                "json",
                "--model",
                model,
                CLIPS.resolve("authentic-1.mp4").toString()));
        assertThat(events.lines().filter(line -> line.contains("io.unmask.classification.clip.v1")))
                .hasSizeGreaterThan(3)
                .allSatisfy(line -> assertThat(line)
                        .contains("\"labels\":[{\"label\":\"silent\",\"p\":")
                        .containsPattern("\"label\":\"(silent|speaking|inconclusive)\""));
    }

    @Test
    void shouldNameTheVideosThatGiveNothing() throws Exception {
        Files.writeString(folder.resolve("broken.mp4"), "no video");
        Files.write(folder.resolve("manifest.csv"), List.of("path,label", "broken.mp4,real"));
        StringWriter err = new StringWriter();
        int exitCode = new CommandLine(new CutMouthsCommand())
                .setErr(new PrintWriter(err))
                .execute(
                        "--data",
                        folder.toString(),
                        "--out",
                        folder.resolve("mouths").toString());

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString())
                .contains("unmask: " + folder.resolve("broken.mp4") + ": ")
                .contains("only 0 windows of 16 frames show a face");
    }

    /** A head with dark bars for eyes and mouth: the mouth is open by so many rows, the whole shifted by so many. */
    private static List<RgbFrame> film(IntUnaryOperator open, IntUnaryOperator shift) {
        return IntStream.range(0, 8)
                .mapToObj(t -> {
                    byte[] rgb = new byte[3 * SIDE * SIDE];
                    Arrays.fill(rgb, (byte) 200);
                    bar(rgb, 48 + shift.applyAsInt(t), 3, 80);
                    bar(rgb, 62 + shift.applyAsInt(t), 2 + open.applyAsInt(t), 60);
                    return new RgbFrame(SIDE, SIDE, rgb);
                })
                .toList();
    }

    private static void bar(byte[] rgb, int top, int height, int brightness) {
        for (int y = top; y < top + height; y++) {
            Arrays.fill(rgb, 3 * (y * SIDE + 40), 3 * (y * SIDE + 60), (byte) brightness);
        }
    }

    private static List<String> with(List<String> settings, String... words) {
        return Stream.concat(Arrays.stream(words), settings.stream().flatMap(setting -> Stream.of("-D", setting)))
                .toList();
    }

    /** Runs the program and gives what it printed. */
    private String unmask(List<String> arguments) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        Stream<String> java = Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.home=" + folder,
                "-Dunmask.home=" + System.getProperty("unmask.root"),
                "-cp",
                System.getProperty("java.class.path"),
                "io.unmask.detector.cli.UnmaskCommand");
        Process process = new ProcessBuilder(
                        Stream.concat(java, arguments.stream()).toList())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        int exitCode = process.waitFor();
        assertThat(exitCode).as(Files.readString(err)).isZero();
        return Files.readString(out);
    }
}
