package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.detector.TestPorts;
import io.unmask.detector.verdict.EventLine;
import io.unmask.model.score.TinyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fills up: a file system in memory, of a size, mounted for the processes of a test alone. */
final class FullDiskTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");

    /** Makes the disk $1 of size $2 and runs the rest of the script with the program in `unmask`. */
    private static final String MOUNT =
            """
            disk=$1 size=$2
            shift 2
            unmask() { "${program[@]}" "$@"; }
            program=("$@")
            mount -t tmpfs -o size=$size tmpfs $disk || exit 99
            """;

    @TempDir
    Path folder;

    private Path disk;

    @BeforeEach
    void makePlace() throws IOException {
        assumeTrue(
                new ProcessBuilder(inNamespace("true")).start().onExit().join().exitValue() == 0,
                "file systems cannot be mounted here: no user namespaces");
        disk = Files.createDirectory(folder.resolve("disk"));
        Path model = TinyModel.write(folder.resolve("tiny"));
        Files.writeString(
                folder.resolve("unmask.yaml"),
                """
                data-directory: disk/data
                clip: {frames: 4, hop: 2, min-frames: 2}
                quality: {min-face-px: 8, min-sharpness: 0, min-brightness: 0, max-brightness: 255, min-frontality: 0}
                model: {directory: "%s"}
                outbox: {drain-timeout-ms: 600000}
                broker: {port: %d}
                """
                        .formatted(model, TestPorts.free()));
    }

    /** The disk fills before the outbox is open, while verdicts are kept, or while Kafka keeps them. */
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"60k", "120k", "200k"})
    void shouldShowNoVerdictThatTheNextRunDoesNotDeliver(String size) throws Exception {
        UnmaskProcess.Ended ended = run(
                size,
                """
                unmask detect -c unmask.yaml -D outbox.drain-timeout-ms=3000 --format json %1$s/authentic-1.mp4 > shown
                echo "exit code $?"
                mount -o remount,size=60m $disk
                unmask detect -c unmask.yaml --format json %1$s/no-face.mp4 > next
                [[ $? == 3 ]] || exit 98
                unmask consume -c unmask.yaml --from-beginning --timeout 1 --format json > delivered
                """
                        .formatted(CLIPS));

        assertThat(ended.exitCode()).as(ended.err()).isZero();
        List<String> shown = ids("shown");
        assertThat(ids("delivered")).doesNotHaveDuplicates().containsAll(shown).containsAll(ids("next"));
        assertThat(ended.err()).doesNotContain("\tat ").doesNotContain("SQLITE_", "internal error");
        if (ended.out().startsWith("exit code 0")) {
            assertThat(shown).isNotEmpty();
        } else {
            assertThat(ended.out()).startsWith("exit code 1");
            assertThat(ended.err()).containsPattern("the disk (of \\S+ )?is full|No space left on device");
        }
    }

    @Test
    void shouldSayThatTheReportDoesNotFitAndLeaveNoPartOfIt() throws Exception {
        UnmaskProcess.Ended ended = run(
                "8k",
                """
                unmask detect -c unmask.yaml -D data-directory=data --no-publish --report $disk/report.html %s/authentic-1.mp4
                code=$?
                ls -A $disk >&2
                exit $code
                """
                        .formatted(CLIPS));

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.FAILURE);
        assertThat(ended.out()).contains("face 1");
        assertThat(ended.err())
                .startsWith("unmask: report ")
                .contains("No space left on device")
                .hasLineCount(1);
    }

    @Test
    void shouldNameTheFacesThatDoNotFitAndLeaveNoPartOfThem() throws Exception {
        UnmaskProcess.Ended ended = run(
                "1m",
                """
                mkdir -p videos/real videos/fake
                cp %1$s/authentic-1.mp4 videos/real; cp %1$s/forged-1.mp4 videos/fake
                unmask train --data videos --cache $disk/faces --out trained
                code=$?
                ls -d $disk/faces/unfinished/* $disk/faces/*.part >&2
                exit $code
                """
                        .formatted(CLIPS));

        assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.FAILURE);
        assertThat(ended.err())
                .containsPattern(
                        "unmask: \\S+/faces/unfinished/cut-\\d+/1.crops: No space left on device; give a disk with room for the faces of the data set")
                .containsPattern("ls: cannot access '\\S+/unfinished/\\*'")
                .containsPattern("ls: cannot access '\\S+\\.part'");
    }

    private UnmaskProcess.Ended run(String size, String script) throws Exception {
        List<String> command = new ArrayList<>(List.of(inNamespace("bash", "-c", MOUNT + script, "bash")));
        command.addAll(List.of(disk.toString(), size));
        command.addAll(UnmaskProcess.words());
        try (UnmaskProcess process = UnmaskProcess.start(folder, command, Map.of())) {
            return process.end();
        }
    }

    private static String[] inNamespace(String... command) {
        List<String> all = new ArrayList<>(List.of("unshare", "--user", "--map-root-user", "--mount"));
        all.addAll(List.of(command));
        return all.toArray(String[]::new);
    }

    private List<String> ids(String file) throws IOException {
        return Files.readAllLines(folder.resolve(file)).stream()
                .map(line ->
                        EventLine.parse(line.getBytes(StandardCharsets.UTF_8)).getId())
                .toList();
    }
}
