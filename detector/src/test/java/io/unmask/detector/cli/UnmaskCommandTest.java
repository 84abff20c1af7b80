package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.detector.TestPorts;
import io.unmask.model.score.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

final class UnmaskCommandTest {
    /** {@code mvn test -pl detector -am -Dtest=UnmaskCommandTest -Dgolden=write} renews it. */
    private static final Path GOLDEN =
            Path.of(System.getProperty("unmask.root"), "detector/src/test/resources/io/unmask/detector/cli/help.txt");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "detct                              | did you mean detect or ",
                "detect                             | SOURCE",
                "detect a.mp4 --no-publsh           | did you mean --no-publish?",
                "detect ftp://host/a.mp4            | unknown scheme ftp",
                "detect a.mp4 --threshold 2         | verdict.threshold = 2.0 (command line)",
                "detect a.mp4 -D clip.frame=8       | clip.frames",
                "detect a.mp4 --config absent.yaml  | absent.yaml: no such file",
                "consume --verdict maybe            | --verdict",
                "evaluate                           | nothing to measure: give --data or --faces",
                "evaluate --data a --split dev      | --split",
                "forge --data a --out b             | no decoder to draw with: give --decoder or --learn",
                "forge --learn nearest --out b      | there is no design nearest; there are nearest-l1, ",
                "federate                           | no command given",
                "federate join --name a             | nothing to learn from: give --data or --faces",
                "federate join --name a/b --data a  | --name a/b: must be of letters",
                "federate join --name .. --data a   | --name ..: must be of letters",
                "federate join --name a --data a --coordinator-key b | --coordinator-key b: must be the key that",
                "federate keys --name a --site b,c  | --site b,c: must be of letters",
                "federate coordinate --name a       | --rounds=R",
                "federate coordinate --name a --sites a --rounds 1 --quorum 1 --deadline 0s | --deadline 0s: must be a",
                "federate coordinate --name a --sites a --rounds 1 --quorum 1 --noise Infinity | --noise Infinity",
                "config --schema --reference        | mutually exclusive",
                "''                                 | no command given"
            })
    void shouldExitWith2AndSayWhatIsWrongWithTheCommandLine(String line, String expected) {
        CommandLineRun run = CommandLineRun.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("unmask: ").contains(expected).doesNotContain("Exception");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void shouldHelpAsReviewed() throws IOException {
        String help = Stream.of(
                        "",
                        "detect ",
                        "consume ",
                        "broker ",
                        "outbox ",
                        "evaluate ",
                        "federate ",
                        "federate coordinate ",
                        "federate join ",
                        "federate keys ",
                        "federate rounds ",
                        "doctor ",
                        "config ")
                .map(command -> CommandLineRun.of((command + "--help").split(" ")))
                .map(CommandLineRun::out)
                .collect(Collectors.joining("\n"));
        if ("write".equals(System.getProperty("golden"))) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, help);
        }

        assertThat(help).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void shouldTellTheVersionsOfItsLibraries() {
        assertThat(CommandLineRun.of("--version").out())
                .startsWith("unmask ")
                .contains("model ", "FFmpeg 8", "OpenCV 4", "TensorFlow Java 1", "Kafka 4");
    }

    @Test
    void shouldNameWhatIsThereNothingToLearnFrom() throws IOException {
        Path out = folder.resolve("out");
        Path empty = Files.createDirectory(folder.resolve("empty"));

        for (Path data : List.of(folder.resolve("absent"), empty)) {
            CommandLineRun run = CommandLineRun.of("train", "--data", data.toString(), "--out", out.toString());

            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(run.err()).startsWith("unmask: " + data).hasLineCount(1);
        }
    }

    @Test
    void shouldPrintEachSettingWithItsOrigin() {
        CommandLineRun run =
                CommandLineRun.of("config", "-D", "clip.hop=4", "-D", "kafka.properties.sasl.jaas.config=pw");

        assertThat(run.out())
                .containsPattern("(?m)^clip.hop: 4 +# command line$")
                .containsPattern("(?m)^clip.frames: 16 +# default$")
                .doesNotContain("pw");
    }

    @Test
    void shouldReportEveryProblemOfAFileAtOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("unmask.yaml"), "clip:\n  frames: 0\n  hopp: 4\n");

        CommandLineRun run = CommandLineRun.of("config", "--validate", file.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains("unmask.yaml:2")
                .contains("unmask.yaml:3")
                .contains("hop");
        assertThat(run.err().lines()).allMatch(line -> line.startsWith("unmask: "));
    }

    @Test
    void shouldSayThatAFileIsValid() throws IOException {
        Path file = Files.writeString(
                folder.resolve("unmask.yaml"), "data-directory: ${PATH}/data\nclip: {frames: 8, hop: 4}\n");

        assertThat(CommandLineRun.of("config", "--validate", file.toString()))
                .isEqualTo(new CommandLineRun(0, file + ": valid\n", ""));
    }

    @Test
    void shouldFindAllPartsWell() throws IOException {
        JsonNode findings = doctor(TinyModel.write(folder.resolve("tiny")));

        assertThat(findings.findValuesAsText("part"))
                .containsExactly(
                        "java",
                        "data",
                        "temp",
                        "decoder",
                        "faces",
                        "tensorflow",
                        "model",
                        "outbox",
                        "broker",
                        "webcam",
                        "ffmpeg");
        assertThat(findings)
                .allSatisfy(finding -> assertThat(finding.get("health").asText())
                        .isIn("ok", finding.get("part").asText().matches("webcam|ffmpeg|data") ? "limited" : "ok"));
    }

    @Test
    void shouldSayWhatToDoWhenTheTemporaryFolderCannotBeWritten() {
        Path nowhere = folder.resolve("nowhere");

        Checkup.Finding finding = Checkup.temp("temp", nowhere);

        assertThat(finding.health()).isEqualTo(Checkup.Health.LIMITED);
        assertThat(finding.detail())
                .startsWith(nowhere + " cannot be written (")
                .endsWith("set TMPDIR to a folder that can");
    }

    @Test
    void shouldSayWhichPartIsBrokenAndWhatToDo() throws IOException {
        JsonNode findings = doctor(folder.resolve("absent"));

        assertThat(findings).anySatisfy(finding -> {
            assertThat(finding.get("part").asText()).isEqualTo("model");
            assertThat(finding.get("health").asText()).isEqualTo("broken");
            assertThat(finding.get("detail").asText()).contains("absent");
        });
    }

    @Test
    void shouldCallWrongSettingsAUsageErrorWhoeverReadsThem() {
        var err = new ByteArrayOutputStream();
        var console = new Console(System.out, new PrintStream(err, true, StandardCharsets.UTF_8), Ansi.OFF, false);
        CommandLine line = UnmaskCommand.commandLine(console, new Shutdown());
        SettingsException wrong = catchThrowableOfType(SettingsException.class, () -> SettingsLoader.ofService()
                .load(SettingsSources.ofProcess(Optional.empty(), Map.of("clip.frames", "0", "clip.hop", "x"))));

        int exitCode = new Failures(console).handleExecutionException(wrong, line, line.parseArgs("config"));

        assertThat(exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .allMatch(told -> told.startsWith("unmask: clip."));
    }

    @Test
    void shouldShowTheModelsThoughThatOfTheSettingsIsGone() throws IOException {
        String[] settings = {
            "-D", "data-directory=" + folder.resolve("data"), "-D", "model.directory=" + folder.resolve("absent")
        };

        CommandLineRun run = CommandLineRun.of("model", "list", settings[0], settings[1], settings[2], settings[3]);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .matches("configured +serving +model directory \\S+absent does not exist or is no directory\n");
    }

    @Test
    void shouldLetNobodyElseReadTheDataDirectoryThatATrainingMakes() throws IOException {
        Path data = folder.resolve("data");
        Settings service = SettingsLoader.ofService()
                .load(SettingsSources.ofProcess(Optional.empty(), Map.of("data-directory", data.toString())))
                .settings();

        assertThat(TrainingOptions.resolve(Path.of("shipped"), service)).isDirectoryContaining("glob:**/model.json");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
    }

    private JsonNode doctor(Path model) throws IOException {
        CommandLineRun run = CommandLineRun.of(
                "doctor",
                "--format",
                "json",
                "-D",
                "data-directory=" + folder.resolve("data"),
                "-D",
                "model.directory=" + model,
                "-D",
                "broker.port=" + TestPorts.free());
        JsonNode findings = new ObjectMapper().readTree(run.out());
        boolean broken = findings.findValuesAsText("health").contains("broken");
        assertThat(run.exitCode()).isEqualTo(broken ? ExitCode.FAILURE : ExitCode.OK);
        return findings;
    }
}
