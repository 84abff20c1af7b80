package io.unmask.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code unmask} where nothing can be run from: mounts of a namespace that the test alone sees. */
final class NoexecTest {
    private static final List<String> NAMESPACE = List.of("unshare", "--user", "--map-root-user", "--mount");

    @TempDir
    Path folder;

    @Test
    void shouldNameThePlacesAndWhatToDoWhenProgramsCanBeRunFromNone() throws Exception {
        assumeTrue(run(List.of("true")).exitCode() == 0, "file systems cannot be mounted here: no user namespaces");
        Files.copy(BuiltClone.REPOSITORY.resolve("unmask"), folder.resolve("unmask"));

        Finished finished = run(List.of(
                "bash",
                "-c",
                "mount --bind \"$1\" \"$1\" && mount -o remount,bind,noexec \"$1\" &&"
                        + " HOME=\"$1/home\" XDG_CACHE_HOME= exec bash \"$1/unmask\" doctor",
                "bash",
                folder.toString()));

        assertThat(finished.exitCode()).isEqualTo(1);
        assertThat(finished.output())
                .startsWith(
                        "unmask: programs can be run from neither of " + folder + "/target " + folder + "/home/.cache/")
                .contains("noexec", "set XDG_CACHE_HOME to a folder without these faults");
    }

    private record Finished(int exitCode, String output) {}

    private static Finished run(List<String> command) throws Exception {
        List<String> all = new ArrayList<>(NAMESPACE);
        all.addAll(command);
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Finished(process.waitFor(), output);
    }
}
