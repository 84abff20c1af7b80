package io.unmask.detector.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_ARIB_STD_B67;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_SMPTE2084;

import io.cloudevents.CloudEvent;
import io.unmask.detector.TestPorts;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.verdict.Reason;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.model.score.TinyModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way on real parts: sample clip, FFmpeg, OpenCV, TensorFlow, SQLite, Kafka and back. */
@Timeout(value = 120, unit = SECONDS)
final class DetectTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples", "clips");
    private static final AtomicInteger TOPICS = new AtomicInteger();

    @TempDir
    static Path shared;

    private static BrokerLease broker;
    private static Path model;

    @TempDir
    private Path folder;

    private Path settings;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = Brokers.obtain(TestSettings.in(shared.resolve("broker")));
        model = TinyModel.write(shared.resolve("tiny"));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void writeSettings() throws IOException {
        settings = Files.writeString(
                folder.resolve("unmask.yaml"),
                """
                data-directory: data
                clip: {frames: 4, hop: 2, min-frames: 2}
                quality: {min-face-px: 8, min-sharpness: 0, min-brightness: 0, max-brightness: 255, min-frontality: 0}
                model: {directory: "%s"}
                kafka:
                  topic: "verdicts-%d"
                  connect-timeout-ms: 3000
                  properties:
                    security.protocol: SASL_PLAINTEXT
                    sasl.mechanism: PLAIN
                    sasl.jaas.config: '%s'
                outbox: {drain-timeout-ms: 5000}
                """
                        .formatted(
                                model,
                                TOPICS.incrementAndGet(),
                                broker.connection().get("sasl.jaas.config")));
    }

    @Test
    void shouldPrintTheEventsThatAreOnTheTopicAndNothingElse() {
        CommandLineRun detected = detect("--format", "json", clip("authentic-1"));
        CommandLineRun consumed =
                run("consume", "-b", address(), "--from-beginning", "--timeout", "0.5", "--format", "json");

        assertThat(detected.err()).isEmpty();
        assertThat(detected.exitCode()).isZero();
        assertThat(detected.ids()).hasSizeGreaterThan(3).doesNotHaveDuplicates();
        assertThat(consumed.ids()).isEqualTo(detected.ids());
        assertThat(verdicts(detected))
                .anySatisfy(verdict -> assertThat(verdict.kind()).isEqualTo(Verdict.Kind.TRACK))
                .anySatisfy(verdict -> assertThat(verdict.timing()).containsKeys("queue", "encode", "score"));
    }

    @Test
    void shouldJudgeNothingBetweenALostPacketAndTheNextKeyFrame() throws Exception {
        // Key frames are the clip's pictures 0, 50 and 100, 40 ms apart.
        Path lossy = Videos.losing(20, CLIPS.resolve("authentic-1.mp4"), folder.resolve("lossy.mkv"));

        CommandLineRun run = detect("--format", "json", lossy.toString());

        assertThat(verdicts(run))
                .filteredOn(verdict -> verdict.score().isPresent() && verdict.kind() == Verdict.Kind.CLIP)
                .anyMatch(verdict -> verdict.span().endMicros() < 800_000)
                .anyMatch(verdict -> verdict.span().startMicros() >= 2_000_000)
                .noneMatch(verdict -> verdict.span().startMicros() < 2_000_000
                        && verdict.span().endMicros() >= 800_000);
        assertThat(verdicts(run))
                .filteredOn(verdict -> verdict.face().isEmpty())
                .isNotEmpty()
                .allMatch(verdict -> verdict.decision() == Decision.NOT_EVALUABLE)
                .allMatch(verdict -> verdict.reasons().equals(List.of(Reason.DECODE_ERROR)));
        assertThat(verdicts(run).get(0).coverage().tainted()).isZero();
        assertThat(ended(run).coverage().tainted()).isEqualTo(29);
    }

    @Test
    void shouldDoubtNothingInAWholeFile() {
        CommandLineRun run = detect("--format", "json", clip("authentic-1"));

        assertThat(verdicts(run)).noneMatch(verdict -> verdict.reasons().contains(Reason.DECODE_ERROR));
        assertThat(ended(run).coverage().tainted()).isZero();
        assertThat(ended(run).coverage().gaps()).isZero();
        assertThat(ended(run).coverage().colourMapped()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {AVCOL_TRC_SMPTE2084, AVCOL_TRC_ARIB_STD_B67, AVCOL_TRC_BT709})
    void shouldDecideNothingAboutColoursThatTheModelHasNotSeen(int transfer) throws Exception {
        Path retagged = Videos.retagged(transfer, CLIPS.resolve("forged-1.mp4"), folder.resolve("retagged.mkv"));

        CommandLineRun json = detect("--no-publish", "--format", "json", retagged.toString());
        CommandLineRun text = detect("--no-publish", retagged.toString());

        assertThat(verdicts(json))
                .filteredOn(verdict -> verdict.score().isPresent())
                .hasSizeGreaterThan(4)
                .allMatch(verdict -> verdict.decision() == Decision.INCONCLUSIVE)
                .allMatch(verdict -> verdict.reasons().contains(Reason.COLOUR_MAPPED));
        assertThat(ended(json).coverage().colourMapped())
                .isEqualTo(ended(json).coverage().sampled());
        assertThat(text.out()).contains("colour_mapped").contains("not decided: 39 frames of high dynamic range");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hole.mp4", "hole.mkv", "hole.mov", "hole.ts"})
    void shouldSayNothingAboutAHoleOf90Seconds(String name) throws Exception {
        Path hole = Videos.withHole(50, 90_000_000, CLIPS.resolve("authentic-1.mp4"), folder.resolve(name));

        CommandLineRun run = detect("--no-publish", "--format", "json", hole.toString());

        assertThat(verdicts(run))
                .allMatch(verdict -> verdict.span().endMicros() <= 2_000_000
                        || verdict.span().startMicros() >= 92_000_000)
                .filteredOn(verdict -> verdict.kind() == Verdict.Kind.TRACK)
                .hasSize(2)
                .allMatch(verdict -> verdict.score().isPresent());
        assertThat(ended(run).coverage().gaps()).isEqualTo(1);
        assertThat(ended(run).coverage().gapMicros()).isBetween(90_000_000L, 90_200_000L);
        assertThat(ended(run).timeMicros()).isBetween(94_600_000L, 94_800_000L);
    }

    private static StreamState ended(CommandLineRun run) {
        return run.events().stream()
                .filter(VerdictEvent::isState)
                .map(VerdictEvent::parseState)
                .filter(state -> state.state() == StreamState.State.ENDED)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldGiveTheSameIdsWhenAFileIsJudgedAgain() {
        CommandLineRun first = detect("--format", "json", "--no-publish", clip("authentic-1"));
        CommandLineRun second = detect("--format", "json", clip("authentic-1"));

        assertThat(second.ids()).isEqualTo(first.ids());
    }

    @Test
    void shouldShowATableWithALastLineForEachFaceAndSource() {
        CommandLineRun run = detect(clip("authentic-1"));

        assertThat(run.out())
                .startsWith("time ")
                .containsPattern("00:00\\.0 - 00:00\\.\\d +face 1 +(real|fake|inconclusive) +0\\.\\d{3} \\(0")
                .containsPattern("(?m)^face 1: ")
                .containsPattern("(?m)^\\S*authentic-1\\.mp4: ");
        assertThat(run.err()).containsPattern("^\\d+ events published to verdicts-\\d+ at " + address());
    }

    @Test
    void shouldJudgeAFileOnceHoweverOftenItIsNamed() throws IOException {
        Files.copy(CLIPS.resolve("no-face.mp4"), folder.resolve("room.mp4"));

        CommandLineRun run = detect(
                "--no-publish",
                "--format",
                "json",
                folder.resolve("../" + folder.getFileName()).toString(),
                folder.resolve("room.mp4").toString());

        assertThat(run.ids()).isNotEmpty().doesNotHaveDuplicates();
    }

    @Test
    void shouldRefuseAFrameRateThatTheModelDidNotLearn() {
        CommandLineRun run = detect("--no-publish", "-D", "source.sample-fps=4", clip("no-face"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .isEqualTo("unmask: source.sample-fps = 4.0: the model in " + model + " was trained at 8.0\n");
    }

    @Test
    void shouldGoOnWithoutEvidenceThatCannotBeWritten() throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve("data")).resolve("evidence"), "no folder");

        CommandLineRun run =
                detect("--no-publish", "--format", "json", "-D", "verdict.evidence=true", clip("two-faces"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err())
                .startsWith("unmask: evidence cannot be written ")
                .contains("set verdict.evidence to false")
                .hasLineCount(1);
        assertThat(verdicts(run))
                .filteredOn(verdict -> verdict.kind() == Verdict.Kind.TRACK)
                .isNotEmpty();
    }

    @Test
    void shouldExitWith3AndGiveNoScoreWhenNoFaceIsThere() {
        CommandLineRun run = detect("--no-publish", "--format", "json", clip("no-face"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.NOTHING_JUDGED);
        assertThat(verdicts(run)).isNotEmpty().allSatisfy(verdict -> {
            assertThat(verdict.decision()).isEqualTo(Decision.NOT_EVALUABLE);
            assertThat(verdict.reasons()).contains(Reason.NO_FACE);
        });
        assertThat(run.out()).doesNotContain("p_fake");
    }

    @Test
    void shouldExitWith4WhenAFaceIsFakeAndThatIsAskedFor() {
        String[] certain = {"--no-publish", "--threshold", "0.01", clip("authentic-1")};

        assertThat(detect(certain).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(detect(with(certain, "--fail-on", "fake")).exitCode()).isEqualTo(ExitCode.FOUND);
    }

    /** By the model that ships: the other tests are about what is made of scores, and take a tiny one. */
    @Test
    void shouldFindTheFakeSecondBehindACut() throws Exception {
        Path spliced = Videos.spliced(
                CLIPS.resolve("authentic-2.mp4"), 90, CLIPS.resolve("forged-1.mp4"), 30, folder.resolve("spliced.mp4"));
        Path plain = Files.writeString(folder.resolve("plain.yaml"), "data-directory: " + folder.resolve("shipped"));

        CommandLineRun run = CommandLineRun.of(
                "detect",
                "--config",
                plain.toString(),
                "--no-publish",
                "--format",
                "json",
                "--fail-on",
                "fake",
                spliced.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FOUND);
        assertThat(verdicts(run))
                .filteredOn(verdict -> verdict.kind() == Verdict.Kind.TRACK)
                .extracting(Verdict::decision)
                .containsExactly(Decision.REAL, Decision.FAKE);
    }

    @Test
    void shouldPublishAndShowTheLabelsOfAModelThatHasItsOwn() throws IOException {
        String labelled = TinyModel.write(folder.resolve("labelled"), List.of("dark", "bright", "grey"))
                .toString();
        String[] certain = {"--model", labelled, "--threshold", "0.01", clip("authentic-1")};

        CommandLineRun json = detect(with(certain, "--format", "json"));
        List<Verdict> verdicts = verdicts(json);
        String label = verdicts.get(0).outcome();

        assertThat(json.err()).isEmpty();
        assertThat(json.events())
                .extracting(CloudEvent::getType)
                .containsOnly(
                        "io.unmask.classification.clip.v1",
                        "io.unmask.classification.track.v1",
                        "io.unmask.stream.state.v1");
        assertThat(label).isIn("dark", "bright", "grey");
        assertThat(verdicts).allSatisfy(verdict -> {
            assertThat(verdict.decision()).isEqualTo(Decision.LABELLED);
            assertThat(verdict.labels().orElseThrow().all())
                    .extracting(Verdict.Labels.Label::label)
                    .containsExactly("dark", "bright", "grey");
            assertThat(verdict.timing()).isNotNull();
        });
        assertThat(run("consume", "-b", address(), "--from-beginning", "--timeout", "0.5", "--format", "json")
                        .ids())
                .isEqualTo(json.ids());
        assertThat(run("consume", "-b", address(), "--from-beginning", "--timeout", "0.5", "--label", label)
                        .out())
                .contains("time                 face     label          p (90 %)")
                .contains("face 1: " + label + "  0.");
        assertThat(run("consume", "-b", address(), "--from-beginning", "--timeout", "0.5", "--label", "pale")
                        .out())
                .isEmpty();
        assertThat(detect(with(certain, "--no-publish")).out())
                .contains(": " + label + "  1 face, ")
                .contains("watched, a label from p 0.010 on")
                .doesNotContain("fake", "real");
    }

    @Test
    void shouldReportTheLabelsOfAModelThatHasItsOwn() throws IOException {
        String labelled = TinyModel.write(folder.resolve("labelled"), List.of("dark", "bright"))
                .toString();
        Path report = folder.resolve("report.html");

        CommandLineRun run = detect(
                "--no-publish",
                "--format",
                "json",
                "--model",
                labelled,
                "--threshold",
                "0.01",
                "--report",
                report.toString(),
                clip("authentic-1"));

        String label = verdicts(run).get(0).outcome();
        Document page = Jsoup.parse(Files.readString(report));
        assertThat(page.selectFirst(".lead .verdict").text()).isEqualTo(label);
        assertThat(page.selectFirst(".lead .finding").text()).isEqualTo("One face was found: labelled " + label + ".");
        assertThat(page.select("article.face table.metrics th").eachText()).containsExactly("dark", "bright");
        assertThat(page.select("article.face details tbody tr")).isNotEmpty().allSatisfy(row -> assertThat(row.text())
                .contains(label, "%"));
        assertThat(page.select("svg .seg.label title").eachText()).contains(label);
        assertThat(page.text())
                .doesNotContain("manipulat", "p_fake", "authentic faces", "forged")
                .contains("dark, bright");
    }

    @Test
    void shouldExitWith4WhenALabelIsFoundAndThatIsAskedFor() throws IOException {
        String labelled = TinyModel.write(folder.resolve("labelled"), List.of("dark", "bright"))
                .toString();
        String[] certain = {"--no-publish", "--model", labelled, "--threshold", "0.01", clip("authentic-1")};
        String label =
                verdicts(detect(with(certain, "--format", "json"))).get(0).outcome();
        String other = label.equals("dark") ? "bright" : "dark";

        assertThat(detect(with(certain, "--fail-on", label)).exitCode()).isEqualTo(ExitCode.FOUND);
        assertThat(detect(with(certain, "--fail-on", other)).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(detect(with(certain, "--fail-on", "fake")))
                .isEqualTo(new CommandLineRun(
                        ExitCode.USAGE,
                        "",
                        "unmask: --fail-on fake: with the model tiny it must be one of [dark, bright]\n"));
        assertThat(detect("--no-publish", "--fail-on", "real", clip("authentic-1")))
                .isEqualTo(new CommandLineRun(
                        ExitCode.USAGE, "", "unmask: --fail-on real: with the model tiny it must be fake\n"));
    }

    @Test
    void shouldJudgeTheOtherFilesWhenOneIsNoVideo() throws IOException {
        Path text = Files.writeString(folder.resolve("text.mp4"), "this is no video");

        CommandLineRun run = detect("--no-publish", text.toString(), clip("authentic-1"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.PARTLY);
        assertThat(run.err()).startsWith("unmask: ").contains("text.mp4").hasLineCount(1);
        assertThat(run.out()).contains("face 1").contains("not to its end");
    }

    @Test
    void shouldAccountForEachEntryOfAFolder() throws Exception {
        Path mixed = Files.createDirectory(folder.resolve("mixed"));
        Files.copy(CLIPS.resolve("authentic-1.mp4"), mixed.resolve("face.mp4"));
        Files.copy(CLIPS.resolve("no-face.mp4"), mixed.resolve("room.mp4"));
        Files.writeString(mixed.resolve("text.mp4"), "this is no video");
        Files.writeString(mixed.resolve("notes.txt"), "nor is this");
        Files.createSymbolicLink(mixed.resolve("away"), CLIPS);
        Path absent = folder.resolve("absent.mp4");
        Path report = folder.resolve("mixed.html");

        CommandLineRun text = detect("--no-publish", mixed.toString(), absent.toString());
        CommandLineRun json = detect(
                "--no-publish", "--format", "json", "--report", report.toString(), mixed.toString(), absent.toString());

        assertThat(text.exitCode()).isEqualTo(ExitCode.PARTLY);
        assertThat(json.exitCode()).isEqualTo(ExitCode.PARTLY);
        List<String> table = text.out().lines().toList();
        assertThat(table.subList(table.size() - 6, table.size()))
                .satisfiesExactly(
                        line -> assertThat(line).matches("not judged +not_evaluable +0 .*absent.mp4 .*no such file.*"),
                        line -> assertThat(line).matches("not judged .*/away .*a link to a folder.*"),
                        line -> assertThat(line).matches("judged +(fake|real|inconclusive) +1 .*/face.mp4"),
                        line -> assertThat(line).matches("not judged .*/notes.txt .*a text, not a video.*"),
                        line -> assertThat(line).matches("not judged .*/room.mp4  no face found"),
                        line -> assertThat(line).matches("not judged .*/text.mp4 .*is not a video.*"));
        assertThat(json.events().stream()
                        .filter(VerdictEvent::isState)
                        .map(VerdictEvent::parseState)
                        .filter(state -> state.state() == StreamState.State.FAILED)
                        .map(state -> state.stream().uri()))
                .containsExactlyInAnyOrder(
                        absent.toString(),
                        mixed.resolve("away").toString(),
                        mixed.resolve("text.mp4").toString());
        assertThat(report)
                .content()
                .contains("absent.mp4", "a link to a folder is not followed")
                .as("what was not read has no digest")
                .doesNotContain("unreadable");
    }

    @Test
    void shouldNotLetANameForgeALineOrBeAnOption() throws IOException {
        Path forging = folder.resolve("a\n\u001b[2Kface 1: real  0.001\u202e.mp4");
        Files.copy(CLIPS.resolve("no-face.mp4"), forging);
        Files.copy(CLIPS.resolve("no-face.mp4"), folder.resolve("@|red x|@.mp4"));
        Files.writeString(folder.resolve("a.mp4"), "--report=" + folder.resolve("stolen.html"));

        CommandLineRun run = detect(
                "--no-publish",
                forging.toString(),
                folder.resolve("@|red x|@.mp4").toString(),
                "@" + folder.resolve("a.mp4"));

        assertThat(run.err())
                .isEqualTo("unmask: source @" + folder.resolve("a.mp4") + ": no such file or folder; check the path\n");
        assertThat(folder.resolve("stolen.html")).doesNotExist();
        assertThat(detect("--no-publish", forging.toString()).out())
                .contains("a\\n\\u001b[2Kface 1: real  0.001\\u202e.mp4: not_evaluable")
                .doesNotContain("\u001b", "\u202e");
        assertThat(CommandLineRun.of(
                                "detect",
                                "--config",
                                settings.toString(),
                                "--no-publish",
                                "--",
                                folder.resolve("@|red x|@.mp4").toString())
                        .out())
                .contains("\\u0040|red x|\\u0040.mp4: not_evaluable");
    }

    @Test
    void shouldNameAMissingFileInOneLine() {
        CommandLineRun run = detect("--no-publish", folder.resolve("absent.mp4").toString());

        assertThat(run)
                .isEqualTo(
                        failure("source " + folder.resolve("absent.mp4") + ": no such file or folder; check the path"));
    }

    @Test
    void shouldKeepVerdictsWhenKafkaCannotBeReachedAndDeliverThemWithTheNextRun() throws IOException {
        long start = System.nanoTime();
        CommandLineRun kept =
                run("detect", "-b", "127.0.0.1:" + TestPorts.free(), "--format", "json", clip("authentic-1"));
        assertThat(System.nanoTime() - start).isLessThan(SECONDS.toNanos(15));
        assertThat(kept.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(kept.err())
                .contains(kept.events().size() + " events are kept in")
                .contains("the next run delivers them")
                .hasLineCount(2);

        CommandLineRun next = detect("--format", "text", clip("no-face"));
        CommandLineRun consumed = run(
                "consume",
                "-b",
                address(),
                "--from-beginning",
                "--timeout",
                "0.5",
                "--format",
                "json",
                "--stream",
                "authentic");

        assertThat(next.err()).contains(kept.events().size() + " of them from an earlier run");
        assertThat(consumed.ids()).isEqualTo(kept.ids());
    }

    @Test
    void shouldKeepVerdictsWhenTheBrokersPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandLineRun run = run("detect", "-D", "broker.port=" + taken.getLocalPort(), clip("authentic-1"));

            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(run.err())
                    .contains(String.valueOf(taken.getLocalPort()))
                    .contains("are kept in")
                    .hasLineCount(2);
        }
    }

    @Test
    void shouldRefuseAModelThatWasAltered() throws IOException {
        Path altered = TinyModel.write(folder.resolve("altered"));
        Files.write(altered.resolve("saved_model.pb"), new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);

        CommandLineRun run = detect("--no-publish", "--model", altered.toString(), clip("authentic-1"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err())
                .startsWith("unmask: model directory " + altered)
                .contains("digest")
                .hasLineCount(1);
    }

    @Test
    void shouldRefuseADirectoryWithoutAModel() {
        CommandLineRun run = detect("--no-publish", "--model", folder.toString(), clip("authentic-1"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err()).startsWith("unmask: model directory " + folder).hasLineCount(1);
    }

    @Test
    void shouldWriteTheReportAndThePicturesWhenAskedFor() {
        Path report = folder.resolve("report.html");

        detect("--no-publish", "-D", "verdict.evidence=true", "--report", report.toString(), clip("authentic-1"));

        assertThat(report).content().contains("authentic-1.mp4").contains("data:image/jpeg;base64,");
        assertThat(folder.resolve("data/evidence")).isDirectoryRecursivelyContaining("glob:**.jpg");
    }

    @Test
    void shouldWriteTheReportThroughNobodysLink() throws IOException {
        Path report = folder.resolve("report.html");
        Path bystander = Files.writeString(folder.resolve("bystander"), "mine");
        Files.createSymbolicLink(report, bystander);
        Files.createSymbolicLink(folder.resolve("report.html.part"), bystander);

        detect("--no-publish", "--report", report.toString(), clip("no-face"));

        assertThat(bystander).hasContent("mine");
        assertThat(report).isRegularFile().content().contains("no-face.mp4");
    }

    @Test
    void shouldRefuseAReportThatCannotBeWrittenBeforeWorkBegins() {
        CommandLineRun run = detect(
                "--no-publish", "--report", folder.resolve("no/where.html").toString(), clip("no-face"));

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("unmask: --report ").hasLineCount(1);
    }

    private static List<Verdict> verdicts(CommandLineRun run) {
        return run.events().stream()
                .filter(VerdictEvent::isVerdict)
                .map(VerdictEvent::parse)
                .toList();
    }

    private CommandLineRun detect(String... arguments) {
        return run(with(new String[] {"detect", "-b", address()}, arguments));
    }

    private CommandLineRun run(String command, String... arguments) {
        return run(with(new String[] {command}, arguments));
    }

    private CommandLineRun run(String[] arguments) {
        return CommandLineRun.of(with(arguments, "--config", settings.toString()));
    }

    private static CommandLineRun failure(String message) {
        return new CommandLineRun(ExitCode.FAILURE, "", "unmask: " + message + "\n");
    }

    private static String[] with(String[] arguments, String... more) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static String address() {
        return broker.bootstrapServers();
    }

    private static String clip(String name) {
        return CLIPS.resolve(name + ".mp4").toString();
    }
}
