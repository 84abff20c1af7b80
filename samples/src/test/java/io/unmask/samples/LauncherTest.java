package io.unmask.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.samples.BuiltClone.Finished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code unmask} on a machine that is odd; {@code .ci/fresh-machine --all} tries it on odder ones. */
final class LauncherTest {
    private static final String CLIP =
            BuiltClone.REPOSITORY.resolve("samples/clips/forged-1.mp4").toString();

    private static BuiltClone clone;

    @TempDir
    Path folder;

    @BeforeAll
    static void clone(@TempDir Path root) throws Exception {
        clone = BuiltClone.at(Files.createDirectory(root.resolve("Prüf stand")));
    }

    @Test
    void shouldLeaveNothingInTheHomeAndTemporaryFolders() throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));

        // Killed when the first verdict is there: an orderly end would remove what was unpacked.
        Finished finished =
                clone.run("HOME='" + home + "' TMPDIR='" + temporary + "' ./unmask detect '" + CLIP + "' > out &"
                        + " until grep -q 'face 1' out || ! kill -0 $!; do sleep 0.05; done; kill -KILL $!; cat out");

        assertThat(finished.out()).contains("face 1");
        assertThat(filesBelow(home)).isEmpty();
        assertThat(filesBelow(temporary)).isEmpty();
    }

    @Test
    void shouldFindFilesWithUmlautsInTheLocaleC() throws Exception {
        Path clip = Files.copy(Path.of(CLIP), folder.resolve("Prüfung ü.mp4"));

        Finished finished = clone.run("LC_ALL=C ./unmask detect --no-publish '" + clip + "'");

        assertThat(finished.exitCode()).as(finished.err()).isZero();
        assertThat(finished.out()).contains("Prüfung ü.mp4: ");
    }

    @Test
    void shouldFindFoldersWithUmlautsInTheLocaleCFromWithinOne() throws Exception {
        Path videos = Files.createDirectories(folder.resolve("Ordner ü/Videos ö"));
        Files.copy(Path.of(CLIP), videos.resolve("Prüfung ü.mp4"));

        Finished finished = clone.run("root=$PWD; cd '" + videos.getParent()
                + "' && LC_ALL=C \"$root/unmask\" detect --no-publish 'Videos ö'");

        assertThat(finished.exitCode()).as(finished.err()).isZero();
        assertThat(finished.out()).contains("Videos ö/Prüfung ü.mp4: ");
    }

    @Test
    void shouldSayWhereDataIsKeptWhenTheHomeCannotBeWritten() throws Exception {
        Finished finished = clone.run("unset XDG_DATA_HOME; HOME=/none ./unmask config");

        assertThat(finished.err()).contains("the home folder /none cannot be written: data is kept in ");
        assertThat(finished.out()).containsPattern("data-directory: .*Prüf stand/target/data/unmask");
    }

    private static List<Path> filesBelow(Path folder) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
