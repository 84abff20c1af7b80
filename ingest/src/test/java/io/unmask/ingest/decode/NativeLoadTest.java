package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of the system a source needs, seen from a Java process of its own: that of the tests has loaded all. */
class NativeLoadTest {
    @TempDir
    Path folder;

    /** Reads a file to its end, tries a camera, and says after each what of FFmpeg is loaded. */
    static final class Probe {
        public static void main(String[] args) throws Exception {
            System.out.println(
                    "sampled " + Sources.drain(Path.of(args[0]), 8).counts().sampled());
            System.out.println("devices " + mapped("libavdevice"));
            System.out.println("sound " + mapped("libpulse"));
            System.out.println(devices());
        }

        private static String devices() throws Exception {
            try {
                Ffmpeg.loadDevices();
            } catch (SourceException e) {
                return e.getMessage();
            }
            return "devices " + mapped("libavdevice");
        }

        private static boolean mapped(String library) throws Exception {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
                return lines.anyMatch(line -> line.contains(library));
            }
        }
    }

    @Test
    void shouldLoadTheLibrariesOfTheDesktopForCamerasAlone() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "needs Linux's list of mapped files");
        Path video = TestVideo.of(9).write(folder.resolve("v.mp4"));

        List<String> said = probe(video);
        assertThat(said).contains("sampled 3", "devices false", "sound false");
        assertThat(said.get(said.size() - 1))
                .as("a server lacks the libraries, and is told so")
                .matches("devices true|FFmpeg's part for cameras cannot be loaded: the system's library .* is missing;"
                        + " install it: apt-get install .*");
    }

    @Test
    void shouldNameTheMissingLibraryAndItsPackages() throws Exception {
        assumeTrue(System.getProperty("os.name").startsWith("Linux"), "needs Linux's linker");
        assumeTrue(
                hasDesktop(), "needs the desktop's libraries: apt-get install libpulse0 libxcb-shape0 libxcb-xfixes0");
        String loaded = Loader.load(avdevice.class);
        Path original = Path.of(loaded).resolveSibling("libavdevice.so.62");
        Path needy = renameNeeded(original, "libpulse.so.0", "libpulse.so.9");

        UnsatisfiedLinkError failure =
                catchThrowableOfType(UnsatisfiedLinkError.class, () -> System.load(needy.toString()));

        assertThat(MissingLibrary.explain(failure))
                .isEqualTo(
                        "the system's library libpulse.so.9 is missing; install it: apt-get install libpulse0 (Debian),"
                                + " dnf install pulseaudio-libs (Fedora), brew install pulseaudio (macOS)");
    }

    private static boolean hasDesktop() {
        try {
            Ffmpeg.loadDevices();
            return true;
        } catch (SourceException e) {
            return false;
        }
    }

    @Test
    void shouldUnderstandTheLinkerOfMacos() {
        var failure = new UnsatisfiedLinkError("dlopen(x.dylib): Library not loaded: /opt/homebrew/lib/libxcb.1.dylib");
        assertThat(MissingLibrary.explain(failure))
                .startsWith("the system's library libxcb.1.dylib is missing; install it: apt-get install libxcb1");
    }

    /** A copy that needs a version of a library that exists nowhere, so that the linker's words are the true ones. */
    private Path renameNeeded(Path library, String from, String to) throws Exception {
        byte[] bytes = Files.readAllBytes(library);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(from + "\0");
        assertThat(at).isPositive();
        System.arraycopy(to.getBytes(StandardCharsets.US_ASCII), 0, bytes, at, to.length());
        return Files.write(folder.resolve("libneedy.so"), bytes);
    }

    private List<String> probe(Path video) throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Dorg.bytedeco.javacpp.platform.extension=",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Probe.class.getName(),
                        video.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor()).isZero();
        return lines;
    }
}
