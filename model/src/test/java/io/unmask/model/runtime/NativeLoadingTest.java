package io.unmask.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.FaceDetector;
import io.unmask.ingest.natives.NativeLibraries;
import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Threads that are the first to use native code, in a Java process of their own: that of the tests has loaded all. */
class NativeLoadingTest {
    private static final long PATIENCE_MS = 60_000;
    private static final String SEEN = "seen: ";

    @TempDir
    Path folder;

    /** Starts all while no library may be loaded, and says who waits for that; then who comes to an end. */
    static final class FirstUses {
        public static void main(String[] arguments) throws Exception {
            var settings = SettingsLoader.ofService()
                    .load(new SettingsSources(Optional.empty(), Map.of(), Map.of("user.home", arguments[1]), Map.of()))
                    .settings();
            Map<String, Callable<Object>> uses = new TreeMap<>();
            uses.put("file", () -> {
                FrameSources.open(new SourceUri(SourceUri.Kind.FILE, arguments[0]), settings.source())
                        .close();
                return "";
            });
            uses.put("camera", () -> {
                try {
                    FrameSources.openApart(
                                    new SourceUri(SourceUri.Kind.RTSP, "rtsp://127.0.0.1:1/"), settings.source(), 1_000)
                            .close();
                } catch (SourceException e) {
                    // Nobody listens there.
                }
                return "";
            });
            uses.put("faces", () -> {
                FaceDetector.open(settings.face()).close();
                return "";
            });
            uses.put("pictures", () -> Pictures.mat(new RgbFrame(2, 2, new byte[12])));
            uses.put("tensorflow", TensorFlowRuntime::version);

            List<Thread> threads = new ArrayList<>();
            NativeLibraries.exclusively(() -> {
                uses.forEach((name, use) -> threads.add(start(name, use)));
                for (Thread thread : threads) {
                    awaitBlocked(thread);
                    say(thread);
                }
                System.out.println(SEEN + "loaded meanwhile: " + mapped("avutil", "opencv", "tensorflow"));
            });
            for (Thread thread : threads) {
                thread.join(PATIENCE_MS / 2);
                say(thread);
            }
            Runtime.getRuntime().halt(0);
        }

        /** For the lock; who waits for a class that another of them initialises does not seem to be. */
        private static void awaitBlocked(Thread thread) {
            for (int i = 0; i < 100 && thread.getState() != Thread.State.BLOCKED; i++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        }

        private static void say(Thread thread) {
            System.out.println(SEEN + thread.getName() + (thread.isAlive() ? " waits" : " is done"));
        }

        private static List<String> mapped(String... libraries) {
            try {
                String files = Files.readString(Path.of("/proc/self/maps"));
                return Stream.of(libraries).filter(files::contains).toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Thread start(String name, Callable<Object> use) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            use.call();
                        } catch (Exception e) {
                            System.out.println(SEEN + name + " failed: " + e);
                        }
                    },
                    name);
            thread.start();
            return thread;
        }
    }

    @Test
    void shouldLoadOneLibraryAfterTheOtherWhoeverUsesThemFirst() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "needs Linux's list of mapped files");
        Path clip = Path.of(System.getProperty("unmask.root"), "samples/clips/no-face.mp4");
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstUses.class.getName(),
                        clip.toString(),
                        folder.toString())
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();

        assertThat(process.waitFor(2 * PATIENCE_MS, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(Files.readAllLines(out).stream()
                        .filter(line -> line.startsWith(SEEN))
                        .map(line -> line.substring(SEEN.length())))
                .containsExactly(
                        "camera waits",
                        "faces waits",
                        "file waits",
                        "pictures waits",
                        "tensorflow waits",
                        "loaded meanwhile: []",
                        "camera is done",
                        "faces is done",
                        "file is done",
                        "pictures is done",
                        "tensorflow is done");
    }
}
