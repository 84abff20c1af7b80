package io.unmask.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PrivateFilesTest {
    private static final Instant YESTERDAY = Instant.parse("2026-11-29T12:00:00Z");

    @TempDir
    Path folder;

    @Test
    void shouldLeaveAFileThatAnotherProcessWroteFirst() throws IOException {
        Path key = folder.resolve("keys/key");

        PrivateFiles.writeOnce(key, "the first");
        PrivateFiles.writeOnce(key, "another");

        assertThat(key).hasContent("the first");
        assertThat(key.getParent()).isDirectoryContaining(key::equals).isDirectoryNotContaining("glob:**.part-*");
    }

    @Test
    void shouldSayWhichFileStandsInTheWayOfAFolder() throws IOException {
        Path inTheWay = Files.createFile(folder.resolve("keys"));

        assertThatIOException()
                .isThrownBy(() -> PrivateFiles.writeOnce(inTheWay.resolve("key"), "secret"))
                .withMessageContaining(inTheWay.toString());
    }

    @Test
    void shouldReplaceAFileByOneThatOnlyItsOwnerReads() throws IOException {
        Path notes = folder.resolve("site/notes.json");

        PrivateFiles.replace(notes, "old".getBytes(UTF_8));
        Path left = Files.createFile(notes.resolveSibling("notes.json.part-of-a-process-that-was-killed"));
        Files.setLastModifiedTime(left, FileTime.from(YESTERDAY));
        PrivateFiles.replace(notes, "new".getBytes(UTF_8));

        assertThat(notes).hasContent("new");
        assertThat(Files.getPosixFilePermissions(notes)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(notes.getParent()).isDirectoryNotContaining("glob:**.part-*");
    }

    @Test
    void shouldLeaveNothingOfAFileThatCannotBeReplaced() throws IOException {
        Path taken = folder.resolve("site/notes.json");
        Files.createDirectories(taken.resolve("full"));

        assertThatIOException().isThrownBy(() -> PrivateFiles.replace(taken, "new".getBytes(UTF_8)));

        assertThat(taken.getParent()).isDirectoryNotContaining("glob:**.part-*");
    }

    @Test
    void shouldDeleteOldLeftoversThoughAnotherProcessIsQuickerWithSome() throws IOException {
        Path old = Files.createDirectories(folder.resolve("copy-2/part")).getParent();
        Files.setLastModifiedTime(old, FileTime.from(YESTERDAY.minusSeconds(1)));
        Path fresh = Files.createDirectory(folder.resolve("copy-3"));
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.setLastModifiedTime(other, FileTime.from(YESTERDAY.minusSeconds(1)));
        // A link to nothing is listed, and gone when it is asked for its time.
        for (String gone : new String[] {"copy-1", "copy-4"}) {
            Files.createSymbolicLink(folder.resolve(gone), folder.resolve("nothing"));
        }

        PrivateFiles.deleteLeftovers(folder, "copy-", YESTERDAY);

        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
        assertThat(other).exists();
        assertThat(Files.exists(folder.resolve("copy-1"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }
}
