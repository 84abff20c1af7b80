package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class CommandFailureTest {
    @Test
    void shouldSayWhatIsWrongWhereTheSystemNamesTheFileAlone() {
        assertThat(told(new NotDirectoryException("notes.txt")))
                .isEqualTo("notes.txt: is not a folder; check the path");
        assertThat(told(new AccessDeniedException("a"))).isEqualTo("a: no permission");
        assertThat(told(new FileSystemException("a", null, "Read-only file system")))
                .isEqualTo("a: Read-only file system");
        assertThat(told(new DirectoryNotEmptyException("a")))
                .contains("DirectoryNotEmpty")
                .endsWith(": a");
        assertThat(told(new IOException())).isEqualTo("java.io.IOException");
    }

    @Test
    void shouldNameTheFileThatCouldNotBeWritten() {
        Path file = Path.of("out/report.json");

        assertThat(CommandFailure.ofWriting(file, new IOException("No space left on device")))
                .hasMessage("out/report.json: No space left on device");
        assertThat(CommandFailure.ofWriting(file, new AccessDeniedException("out/report.json.part")))
                .hasMessage("out/report.json.part: no permission");
    }

    private static String told(IOException e) {
        return CommandFailure.of(e).getMessage();
    }
}
