package io.unmask.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class BenchCommandTest {
    private static final Path CLIP = Path.of(System.getProperty("unmask.root"), "samples/clips/authentic-1.mp4");

    private record Run(int exitCode, String out, String err) {
        static Run of(String... arguments) {
            return of(stop -> {}, arguments);
        }

        static Run of(Consumer<Runnable> onStop, String... arguments) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int exitCode = new CommandLine(new BenchCommand(onStop))
                    .setOut(new PrintWriter(out))
                    .setErr(new PrintWriter(err))
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .execute(arguments);
            return new Run(exitCode, out.toString(), err.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--pairs 3                            | give --all, --only ROW, --file FILE or --list",
                "--only decode-8k                     | --only decode-8k: must be one of decode-480p, ",
                "--all --only decode-480p             | mutually exclusive",
                "--only decode-480p --pairs 0         | --pairs 0: must be 1 or more",
                "--only decode-480p --threads -1      | --threads -1: must be 1 or more",
                "--only decode-480p --file absent.mp4 | --file absent.mp4: no such file",
                "--only growth-length --file pom.xml  | --only growth-length: does not measure on a video of yours",
                "--only encoder --file pom.xml        | --only encoder: does not measure on a video of yours",
                "--only decode-480p --format csv      | --format"
            })
    void shouldExitWith2AndSayWhatIsWrong(String line, String expected) {
        Run run = Run.of(line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(expected);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldNameTheRowsOfTheIssue() {
        Run run = Run.of("--list");

        List<String> names = new ArrayList<>();
        run.out().lines().forEach(line -> names.add(line.substring(0, line.indexOf(" "))));
        assertThat(names)
                .startsWith("decode-480p", "decode-720p", "decode-1080p", "ingest-one-face", "ingest-three-faces")
                .contains("end-to-end", "eight-files", "encoder", "scoring", "training-step", "delivery", "garbage")
                .contains("cold-start", "growth-sources", "growth-faces", "growth-length")
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldMeasureARowOnTheUsersFile() throws Exception {
        Run run = Run.of(
                "--only",
                "decode-480p",
                "--file",
                CLIP.toString(),
                "--pairs",
                "1",
                "--threads",
                "1",
                "--format",
                "json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode json = new ObjectMapper()
                .readTree(run.out().lines().reduce((a, b) -> b).orElseThrow());
        assertThat(json.get("row").asText()).isEqualTo("decode-480p");
        assertThat(json.get("frames_per_second").asDouble()).isPositive();
        assertThat(json.get("decoded").asLong()).isPositive();
        assertThat(json.at("/machine/cores").asInt()).isPositive();
        assertThat(json.has("ratio")).isNotEqualTo(json.has("no_peer"));
        assertThat(json.get("mark").asText()).isEqualTo("ratio ≥ 0.95");
        assertThat(json.has("noisy")).isTrue();
    }

    @Test
    void shouldMeasureAMethodBesideTheMachinesArithmetic() throws Exception {
        Run run = Run.of("--only", "encoder", "--pairs", "1", "--threads", "1", "--format", "json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode json = new ObjectMapper().readTree(run.out());
        // By hand, 2·Σ side²·weights over MobileNetV2's convolutions at 192 px: 409.6 of plain ones, 30.4 of depthwise
        // ones.
        assertThat(json.get("megaflop_a_frame").asDouble()).isBetween(440.0, 440.2);
        assertThat(json.at("/ratio/median").asDouble()).isPositive();
    }

    @Test
    void shouldSayWhichFileIsNoVideo() {
        Path file = CLIP.resolveSibling("README.md");

        Run run = Run.of("--only", "decode-480p", "--file", file.toString(), "--format", "json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(file + ": cannot be read as a video");
        assertThat(run.out()).contains("\"failure\"").doesNotContain("frames_per_second");
    }

    @Test
    void shouldKeepTheTableWhenARowCannotReadItsFiles(@TempDir Path home) throws Exception {
        Files.createDirectories(home.resolve("samples/clips"));
        String before = System.getProperty("unmask.home", "");
        System.setProperty("unmask.home", home.toString());
        try {
            Run run = Run.of("--only", "training-loader", "--pairs", "1", "--format", "json");

            assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
            assertThat(run.out()).contains("\"failure\"").contains("names 4 files that are not there");
        } finally {
            System.setProperty("unmask.home", before);
        }
    }

    @Test
    void shouldLeaveOutRowsThatGrowWhenAllMeasureOnTheUsersFile() {
        Run run = Run.of(Runnable::run, "--all", "--file", CLIP.toString());

        assertThat(run.err()).contains("growth-faces, growth-length: left out");
        assertThat(run.exitCode()).as("stopped as soon as it could be").isEqualTo(130);
    }

    @Test
    void shouldLeaveNoProcessAndNoFolderWhenItIsStopped() throws Exception {
        Set<Path> before = workFolders();
        CompletableFuture<Runnable> stop = new CompletableFuture<>();
        CompletableFuture<Run> run = CompletableFuture.supplyAsync(
                () -> Run.of(stop::complete, "--only", "cold-start", "--file", CLIP.toString(), "--pairs", "1000"));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> ours().anyMatch(
                        child -> child.info().commandLine().orElse("").contains("detect")));

        stop.join().run();

        Run stopped = run.get(1, TimeUnit.MINUTES);
        assertThat(stopped.exitCode()).as(stopped.err()).isEqualTo(130);
        assertThat(stopped.err()).contains("cold-start: stopped");
        assertThat(ours()).isEmpty();
        assertThat(workFolders()).isEqualTo(before);
    }

    private static Stream<ProcessHandle> ours() {
        return ProcessHandle.current().descendants().filter(ProcessHandle::isAlive);
    }

    private static Set<Path> workFolders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("unmask-bench-"))
                    .collect(Collectors.toSet());
        }
    }
}
