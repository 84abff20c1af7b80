package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.model.score.TinyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Evidence from a run of the program to its verification elsewhere. */
@Timeout(180)
class EvidenceCommandTest {
    private static final Path CLIP = Path.of(System.getProperty("unmask.root"), "samples/clips/authentic-1.mp4");

    @TempDir
    Path folder;

    private Path settings;

    @BeforeEach
    void write() throws IOException {
        settings =
                Files.writeString(folder.resolve("unmask.yaml"), "data-directory: data\nverdict:\n  evidence: true\n");
    }

    @Test
    void shouldExportWhatWasKeptAndVerifyItWithNothingButTheBundle() throws IOException {
        assertThat(run("detect", "--no-publish", CLIP.toString()).exitCode()).isZero();

        CommandLineRun list = run("evidence", "list");
        assertThat(list.out()).containsPattern("^authentic-1-mp4-\\w+  \\d+ events, 1 pictures, 20\\S+ to 20\\S+\n$");
        String stream = list.out().substring(0, list.out().indexOf(' '));
        Path bundle = folder.resolve("bundle.zip");
        Path others = Files.writeString(folder.resolve("bundle.zip.part"), "another's");
        assertThat(run("evidence", "export", stream, bundle.toString()).out())
                .isEqualTo(bundle + ": evidence of " + stream + "\n");

        assertThat(others).hasContent("another's");

        CommandLineRun verified = CommandLineRun.of("verify", bundle.toString());
        assertThat(verified.exitCode()).isZero();
        assertThat(verified.out())
                .contains("stream   " + stream)
                .endsWith("whole: nothing was changed since it was exported\n");

        assertThat(run("evidence", "export", stream, bundle.toString()).err())
                .contains(bundle.toString())
                .contains("exists");
        assertThat(run("evidence", "erase", "--stream", stream, "--why", "request 17")
                        .out())
                .isEqualTo("1 pictures erased\n");
        assertThat(run("evidence", "list").out()).contains(" 0 pictures");
    }

    /** Faces are numbered anew in each session. */
    @Test
    void shouldReportEachSessionOfAStreamByItself() throws IOException {
        Path talk = folder.resolve("talk.mp4");
        for (String clip : List.of("authentic-1.mp4", "forged-1.mp4")) {
            Files.copy(CLIP.resolveSibling(clip), talk, StandardCopyOption.REPLACE_EXISTING);
            assertThat(run("detect", "--no-publish", talk.toString()).exitCode())
                    .isZero();
        }
        String list = run("evidence", "list").out();
        Path bundle = folder.resolve("bundle.zip");
        run("evidence", "export", list.substring(0, list.indexOf(' ')), bundle.toString());

        assertThat(CommandLineRun.of("verify", bundle.toString()).exitCode()).isZero();
        try (ZipFile zip = new ZipFile(bundle.toFile())) {
            String report =
                    new String(zip.getInputStream(zip.getEntry("report.html")).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(report.split("talk.mp4, session [0-9a-f]{64}, judged by "))
                    .hasSizeGreaterThan(2);
            assertThat(report)
                    .contains("SHA-256")
                    .as("the pictures are beside it")
                    .contains("This report holds no picture of this face.")
                    .doesNotContain("Where it looks forged");
        }
    }

    /** The model that judged is no longer the model of the settings, as after an upgrade. */
    @Test
    void shouldExportWhatAnEarlierModelJudged() throws IOException {
        assertThat(run("detect", "--no-publish", CLIP.toString()).exitCode()).isZero();
        String list = run("evidence", "list").out();
        String stream = list.substring(0, list.indexOf(' '));
        Path other = TinyModel.write(folder.resolve("tiny"));
        Path bundle = folder.resolve("bundle.zip");

        CommandLineRun export = run("evidence", "export", "-D", "model.directory=" + other, stream, bundle.toString());

        assertThat(export.exitCode()).as(export.err()).isZero();
        assertThat(bundle).exists();
    }

    @Test
    void shouldNameTheStreamsThereAreWhenOneIsMistyped() {
        assertThat(run("detect", "--no-publish", CLIP.toString()).exitCode()).isZero();

        CommandLineRun export = run("evidence", "export", "dor", "dor.zip");
        CommandLineRun erase = run("evidence", "erase", "--stream", "dor", "--why", "request 17");

        assertThat(export.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(export.err()).contains("no evidence of a stream dor; there is of authentic-1-mp4-");
        assertThat(erase.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(erase.err()).isEqualTo(export.err());
    }

    @Test
    void shouldSayHowEvidenceIsKeptWhenThereIsNone() throws IOException {
        Files.writeString(settings, "data-directory: data\n");

        assertThat(run("evidence", "list").out())
                .contains("there is no evidence in")
                .contains("it is kept when verdict.evidence is true");
    }

    @Test
    void shouldSayThatAFileIsNoBundle() {
        CommandLineRun run = CommandLineRun.of("verify", CLIP.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err()).startsWith("unmask: " + CLIP).contains("evidence export");
    }

    private CommandLineRun run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        int words = arguments[0].equals("evidence") ? 2 : 1;
        System.arraycopy(arguments, 0, all, 0, words);
        all[words] = "--config";
        all[words + 1] = settings.toString();
        System.arraycopy(arguments, words, all, words + 2, arguments.length - words);
        return CommandLineRun.of(all);
    }
}
