package io.unmask.detector.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.TestPorts;
import io.unmask.detector.publish.Outbox;
import io.unmask.detector.publish.OutboxFullException;
import io.unmask.detector.verdict.Reason;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.model.score.TinyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code detect} says about input that it cannot judge: one line, the exit code, and never a score. */
@Timeout(value = 120, unit = SECONDS)
final class BadInputTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples", "clips");
    private static final Path AUTHENTIC = CLIPS.resolve("authentic-1.mp4");

    /** Makes the face 20 pixels wide. */
    private static final String FAR = "scale=iw/8:ih/8,pad=480:360:200:150";

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
                data-directory: data
                clip: {frames: 4, hop: 2, min-frames: 2}
                model: {directory: "%s"}
                """
                        .formatted(model));
    }

    /** Puts something at a path. */
    private interface Maker {
        void make(Path path) throws Exception;
    }

    private static Arguments input(String name, Maker maker, Object expected) {
        return Arguments.of(name, maker, expected);
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                input("missing.mp4", path -> {}, "no such file or folder"),
                input("folder", Files::createDirectory, "no video file in this folder"),
                input("empty.mp4", Files::createFile, "the file is empty"),
                input("text.mp4", path -> Files.writeString(path, "dear diary\n".repeat(500)), "is not a video"),
                input("sound.mp4", Videos::onlySound, "only sound, no picture"),
                input("none.y4m", path -> Files.writeString(path, "YUV4MPEG2 W16 H16 F25:1\n"), "no frame"),
                input(
                        "no-index.mp4",
                        path -> Files.write(path, head(Videos.of(AUTHENTIC, "null", 25, path))),
                        "is not a video"),
                input(
                        "beyond-8k.mp4",
                        path -> Videos.of(AUTHENTIC, "scale=7684:4320", 1, path),
                        "picture of 7684x4320 is larger than source.max-pixels = 33177600"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void shouldRefuseInOneLine(String name, Maker maker, String why) throws Exception {
        Path input = folder.resolve(name);
        maker.make(input);

        CommandLineRun run = detect(input);

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err())
                .startsWith("unmask: source " + input)
                .contains(why)
                .hasLineCount(1);
        assertThat(verdicts(run)).allSatisfy(BadInputTest::assertNotEvaluable);
    }

    static Stream<Arguments> nothingToJudge() {
        return Stream.of(
                input("black.mp4", path -> Videos.of(AUTHENTIC, "drawbox=t=fill", 50, path), Reason.NO_FACE),
                input("no-face.mp4", path -> Files.copy(CLIPS.resolve("no-face.mp4"), path), Reason.NO_FACE),
                input(
                        "8k.mp4",
                        path -> Videos.of(AUTHENTIC, "drawbox=t=fill,scale=7680:4320", 1, path),
                        Reason.NO_FACE),
                input("one.mp4", path -> Videos.of(AUTHENTIC, "null", 1, path), Reason.STILL_PICTURE),
                input("far.mp4", path -> Videos.of(AUTHENTIC, FAR, 50, path), Reason.NO_FACE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nothingToJudge")
    void shouldSayThatNothingCouldBeJudged(String name, Maker maker, Reason reason) throws Exception {
        Path input = folder.resolve(name);
        maker.make(input);

        CommandLineRun run = detect(input);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(ExitCode.NOTHING_JUDGED);
        assertThat(verdicts(run)).isNotEmpty().allSatisfy(verdict -> {
            assertNotEvaluable(verdict);
            assertThat(verdict.reasons()).contains(reason);
        });
    }

    @Test
    void shouldCallATwentyPixelFaceTooSmallWhenItIsSearchedFor() throws Exception {
        Path far = Videos.of(AUTHENTIC, FAR, 50, folder.resolve("far.mp4"));

        CommandLineRun run = detect(far, "-D", "face.min-size-px=16");

        assertThat(run.exitCode()).isEqualTo(ExitCode.NOTHING_JUDGED);
        assertThat(verdicts(run)).anySatisfy(verdict -> {
            assertNotEvaluable(verdict);
            assertThat(verdict.reasons()).contains(Reason.FACE_TOO_SMALL);
            assertThat(verdict.face().orElseThrow().frames().get(0).quality().sizePx())
                    .isBetween(20.0, 28.0);
        });
    }

    @Test
    void shouldJudgeAFaceThatLeavesAndReturnsTwiceAndNotTheTimeBetween() throws Exception {
        Path file =
                Videos.of(AUTHENTIC, "drawbox=t=fill:enable='between(n,40,79)'", 120, folder.resolve("returns.mp4"));

        CommandLineRun run = detect(file);

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(verdicts(run).stream().filter(verdict -> verdict.kind() == Verdict.Kind.TRACK))
                .hasSize(2)
                .allSatisfy(verdict -> assertThat(verdict.score()).isPresent());
        assertThat(verdicts(run).stream().filter(verdict -> verdict.score().isPresent()))
                .noneMatch(verdict -> verdict.span().startMicros() < 1_700_000
                        && verdict.span().endMicros() > 3_100_000);
    }

    @Test
    void shouldJudgeWhatCanBeReadOfATruncatedVideo() throws Exception {
        Path cut = Files.write(folder.resolve("cut.mp4"), head(AUTHENTIC));

        assertJudgedUntilTheDamage(detect(cut));
    }

    @Test
    void shouldJudgeWhatCanBeReadOfAVideoWithFlippedBits() {
        assertJudgedUntilTheDamage(detect(CLIPS.resolve("damaged.mp4")));
    }

    private static void assertJudgedUntilTheDamage(CommandLineRun run) {
        assertThat(run.exitCode()).isIn(ExitCode.OK, ExitCode.FAILURE);
        assertThat(run.err()).hasLineCount(run.exitCode() == ExitCode.OK ? 0 : 1);
        List<Verdict> verdicts = verdicts(run);
        assertThat(verdicts.get(0).score()).isPresent();
        assertThat(verdicts).anySatisfy(verdict -> assertThat(verdict.reasons()).contains(Reason.DECODE_ERROR));
        assertThat(verdicts.stream().filter(verdict -> verdict.score().isEmpty()))
                .allSatisfy(BadInputTest::assertNotEvaluable);
    }

    /** In a process of its own, which may do no more than another user: root may read everything. */
    @Test
    void shouldNameAFolderThatMayNotBeRead() throws Exception {
        Path locked = Files.createDirectory(
                folder.resolve("locked"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
        List<String> command = new ArrayList<>();
        if (Files.isReadable(locked)) {
            command.addAll(List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search"));
        }
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                UnmaskCommand.class.getName(),
                "detect",
                "--no-publish",
                "--config",
                settings.toString(),
                locked.toString()));

        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("unmask: source " + locked + ": cannot be read: no permission to read it\n");
        assertThat(process.waitFor()).isEqualTo(ExitCode.FAILURE);
    }

    @Test
    void shouldSayThatTheOutboxIsFullAndKeepWhatIsInIt() throws Exception {
        Path file = folder.resolve("data/outbox.db");
        long kept = fill(file);

        CommandLineRun run = run(
                "detect",
                "-b",
                "127.0.0.1:" + TestPorts.free(),
                "-D",
                "outbox.max-megabytes=1",
                "-D",
                "kafka.connect-timeout-ms=1000",
                AUTHENTIC.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("unmask: Kafka does not answer"))
                .anyMatch(line -> line.startsWith("unmask: outbox " + file + " holds 1 MB"));
        try (Outbox outbox = Outbox.open(file, 2)) {
            assertThat(outbox.pendingCount()).isGreaterThanOrEqualTo(kept);
        }
    }

    @Test
    void shouldShowWhereItFailedOnlyWhenAskedFor() {
        String[] absent = {"--model", folder.resolve("absent").toString()};

        assertThat(detect(AUTHENTIC, absent).err()).hasLineCount(1);
        assertThat(detect(AUTHENTIC, absent[0], absent[1], "--verbose").err())
                .contains("ScoringException")
                .contains("\tat io.unmask.model.score.ModelDirectory");
    }

    private static long fill(Path file) {
        try (Outbox outbox = Outbox.open(file, 1)) {
            long n = 0;
            try {
                while (true) {
                    outbox.append(List.of(VerdictEvent.of(Verdicts.noFace("earlier", n))));
                    n++;
                }
            } catch (OutboxFullException e) {
                return n;
            }
        }
    }

    private static void assertNotEvaluable(Verdict verdict) {
        assertThat(verdict.decision()).isEqualTo(Decision.NOT_EVALUABLE);
        assertThat(verdict.reasons()).isNotEmpty();
        assertThat(new String(VerdictEvent.of(verdict).getData().toBytes(), StandardCharsets.UTF_8))
                .doesNotContain("\"p_fake\"");
    }

    private static List<Verdict> verdicts(CommandLineRun run) {
        return run.events().stream()
                .filter(VerdictEvent::isVerdict)
                .map(VerdictEvent::parse)
                .toList();
    }

    private static byte[] head(Path file) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        return Arrays.copyOf(whole, whole.length * 6 / 10);
    }

    private CommandLineRun detect(Path source, String... more) {
        return run(Stream.concat(
                        Stream.of("detect", "--no-publish", "--format", "json", source.toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    private CommandLineRun run(String... arguments) {
        return CommandLineRun.of(Stream.concat(Stream.of(arguments), Stream.of("--config", settings.toString()))
                .toArray(String[]::new));
    }
}
