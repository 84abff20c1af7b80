package io.unmask.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class BenchCommandTest {
    private static final Path CLIP = Path.of(System.getProperty("unmask.root"), "samples/clips/authentic-1.mp4");

    private record Run(int exitCode, String out, String err) {
        static Run of(String... arguments) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int exitCode = new CommandLine(new BenchCommand())
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
        // 199 MFLOP by hand: 9·2·Σ side²·inputs·outputs over the eight convolutions, from 64 px and 24 channels on.
        assertThat(json.get("megaflop_a_frame").asDouble()).isBetween(199.0, 200.0);
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
}
