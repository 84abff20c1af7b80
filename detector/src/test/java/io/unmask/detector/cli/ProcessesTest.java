package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.TestPorts;
import io.unmask.detector.serve.PausingServer;
import io.unmask.detector.verdict.EventLine;
import io.unmask.model.score.TinyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only whole processes show: signals, and two of them on one data directory. */
final class ProcessesTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** It takes two seconds, and minutes on a machine that does other work; to wait for a time limit takes ten minutes. */
    private static final Duration SOON = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    /** When a signal comes. */
    enum Moment {
        WHEN_THE_BROKER_BEGINS_TO_START,
        AFTER_THE_FIRST_VERDICT
    }

    @BeforeEach
    void writeSettings() throws IOException {
        Path model = TinyModel.write(folder.resolve("tiny"));
        Files.writeString(
                folder.resolve("unmask.yaml"),
                """
                data-directory: data
                clip: {frames: 4, hop: 2, min-frames: 2}
                quality: {min-face-px: 8, min-sharpness: 0, min-brightness: 0, max-brightness: 255, min-frontality: 0}
                model: {directory: "%s"}
                outbox: {drain-timeout-ms: 600000}
                kafka: {connect-timeout-ms: 600000}
                broker: {port: %d}
                """
                        .formatted(model, TestPorts.free()));
    }

    /** By SIGTERM: a shell makes what it runs in the background deaf to Ctrl-C's SIGINT, which goes the same way. */
    @ParameterizedTest
    @EnumSource
    void shouldEndSoonAndInOrderWhenItIsStopped(Moment moment) throws Exception {
        // Minutes of work, so that it is not done before it is stopped, though the broker be slow.
        Path videos = Files.createDirectory(folder.resolve("videos"));
        Path first = Files.copy(CLIPS.resolve("authentic-1.mp4"), videos.resolve("0.mp4"));
        for (int i = 1; i < 2000; i++) {
            Files.createLink(videos.resolve(i + ".mp4"), first);
        }
        try (UnmaskProcess detect =
                UnmaskProcess.start(folder, "detect", "-c", "unmask.yaml", "--format", "json", videos.toString())) {
            Awaitility.await().atMost(PATIENCE).until(() -> has(detect, moment));

            long asked = System.nanoTime();
            detect.process().destroy();
            UnmaskProcess.Ended ended = detect.end();

            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(SOON);
            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(ended.err()).doesNotContain("\tat ").doesNotContain("Exception", "internal error");
            assertThat(ids(ended)).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldSayThatAVideoOfAWebServerWasNotReadToItsEnd() throws Exception {
        try (PausingServer server = new PausingServer(Files.readAllBytes(CLIPS.resolve("authentic-1.mp4")));
                UnmaskProcess detect = UnmaskProcess.start(
                        folder, "detect", "-c", "unmask.yaml", "--no-publish", "--format", "json", server.address())) {
            Awaitility.await().atMost(PATIENCE).until(() -> {
                detect.requireRunning();
                return detect.outSoFar().contains("p_fake");
            });

            detect.process().destroy();
            UnmaskProcess.Ended ended = detect.end();

            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.INTERRUPTED);
        }
    }

    @Test
    void shouldBothEndWellWhenTwoBeginAtOnceOnOneDataDirectory() throws Exception {
        String[] one = {"detect", "-c", "unmask.yaml", "--format", "json", clip("authentic-1")};
        String[] other = {"detect", "-c", "unmask.yaml", "--format", "json", clip("authentic-2")};
        try (UnmaskProcess first = UnmaskProcess.start(folder, one);
                UnmaskProcess second = UnmaskProcess.start(folder, other)) {
            UnmaskProcess.Ended firstEnded = first.end();
            UnmaskProcess.Ended secondEnded = second.end();

            assertThat(firstEnded.exitCode()).as(firstEnded.err()).isZero();
            assertThat(secondEnded.exitCode()).as(secondEnded.err()).isZero();
            try (UnmaskProcess consume = UnmaskProcess.start(
                    folder, "consume", "-c", "unmask.yaml", "--from-beginning", "--timeout", "1", "--format", "json")) {
                List<String> shown = new ArrayList<>(ids(firstEnded));
                shown.addAll(ids(secondEnded));
                assertThat(ids(consume.end())).containsExactlyInAnyOrderElementsOf(shown);
            }
        }
    }

    private boolean has(UnmaskProcess detect, Moment moment) throws Exception {
        detect.requireRunning();
        return switch (moment) {
            // A second before it serves, as a rule. A machine that is busy may see it later.
            case WHEN_THE_BROKER_BEGINS_TO_START -> Files.exists(folder.resolve("data/broker/lock"));
            case AFTER_THE_FIRST_VERDICT -> detect.outSoFar().contains("\n");
        };
    }

    private static List<String> ids(UnmaskProcess.Ended ended) {
        return ended.out()
                .lines()
                .map(line ->
                        EventLine.parse(line.getBytes(StandardCharsets.UTF_8)).getId())
                .toList();
    }

    private static String clip(String name) {
        return CLIPS.resolve(name + ".mp4").toString();
    }
}
