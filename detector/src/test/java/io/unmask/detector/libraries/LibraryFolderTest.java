package io.unmask.detector.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryFolderTest {
    private static final LibraryFolder LINUX = LibraryFolder.of("Linux", "amd64");

    @TempDir
    Path root;

    private Path jars;
    private Path parent;

    @BeforeEach
    void pack() throws IOException {
        jars = Files.createDirectory(root.resolve("lib"));
        parent = root.resolve("libraries");
        jar("ffmpeg", "org/bytedeco/ffmpeg/linux-x86_64/libavcodec.so.62", "codec");
        jar("cv", "org/bytedeco/opencv/linux-x86_64/python/cv2.so", "org/bytedeco/opencv/linux-x86_64/share/a.xml");
        jar("jna", "com/sun/jna/linux-x86-64/libjnidispatch.so", "com/sun/jna/linux-x86/libjnidispatch.so");
        jar("sqlite", "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so", "org/sqlite/native/Linux-Musl/x86_64/libs.so");
        jar("zstd", "linux/amd64/libzstd-jni-1.so", "darwin/aarch64/libzstd-jni-1.dylib");
    }

    @Test
    void shouldUnpackTheLibrariesOfOnePlatformFlat() throws IOException {
        Path folder = LINUX.unpack(jars, parent);

        assertThat(names(folder))
                .containsExactly("libavcodec.so.62", "libjnidispatch.so", "libsqlitejdbc.so", "libzstd-jni-1.so");
        assertThat(folder.resolve("libjnidispatch.so")).hasContent("com/sun/jna/linux-x86-64/libjnidispatch.so");
        assertThat(names(LibraryFolder.of("Mac OS X", "aarch64").unpack(jars, parent)))
                .containsExactly("libzstd-jni-1.dylib");
    }

    @Test
    void shouldNeverTouchWhatIsThere() throws IOException {
        Path library = LINUX.unpack(jars, parent).resolve("libavcodec.so.62");
        FileTime longAgo = FileTime.fromMillis(1);
        Files.setLastModifiedTime(library, longAgo);

        // As another time zone shows them: the same contents with other times.
        jar("ffmpeg", "org/bytedeco/ffmpeg/linux-x86_64/libavcodec.so.62", "codec");

        assertThat(LINUX.unpack(jars, parent).resolve("libavcodec.so.62")).isEqualTo(library);
        assertThat(Files.getLastModifiedTime(library)).isEqualTo(longAgo);
        assertThat(names(parent)).hasSize(1);
    }

    @Test
    void shouldTakeAnotherFolderForOtherContents() throws IOException {
        Path before = LINUX.unpack(jars, parent);

        jar("more", "org/bytedeco/ffmpeg/linux-x86_64/libavutil.so.60");

        assertThat(LINUX.unpack(jars, parent)).isNotEqualTo(before).isDirectoryContaining("glob:**libavutil.so.60");
        assertThat(before).isDirectoryNotContaining("glob:**libavutil.so.60");
    }

    /** Each entry holds its own name. */
    private void jar(String name, String... entries) throws IOException {
        try (var out = new ZipOutputStream(Files.newOutputStream(jars.resolve(name + ".jar")))) {
            for (String entry : entries) {
                out.putNextEntry(new ZipEntry(entry));
                out.write(entry.getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
