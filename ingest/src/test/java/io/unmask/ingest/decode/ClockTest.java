package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A source's own times, and those of arrival where it has none. */
class ClockTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"v.mkv", "v.mp4", "v.nut"})
    void shouldKeepAHoleOf90SecondsInAFile(String name) throws Exception {
        Path file = TestVideo.of(8)
                .stamps(n -> n * 500_000L + (n < 4 ? 0 : 90_000_000))
                .write(folder.resolve(name));

        assertThat(Sources.drain(file, 8).millis())
                .containsExactly(0L, 500L, 1000L, 1500L, 92_000L, 92_500L, 93_000L, 93_500L);
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 500, 1000})
    @Timeout(60)
    void shouldTakeArrivalTimeWhenMjpegComesWithoutStamps(long everyMillis) throws Exception {
        byte[] picture = Files.readAllBytes(
                FfmpegTool.make(folder.resolve("p.jpg"), "-f lavfi -i testsrc2=size=96x64 -frames:v 1"));
        AtomicLong nanos = new AtomicLong();
        Semaphore wanted = new Semaphore(0);
        ExecutorService handlers = Executors.newCachedThreadPool();
        HttpServer camera = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        camera.setExecutor(handlers);
        camera.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "multipart/x-mixed-replace; boundary=frame");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            while (true) {
                wanted.acquireUninterruptibly();
                nanos.addAndGet(everyMillis * 1_000_000);
                write(out, picture);
            }
        });
        camera.start();
        try (FrameSource source = open(camera, nanos, wanted)) {
            List<Long> millis = new ArrayList<>();
            for (int n = 0; n < 5; n++) {
                millis.add(source.next().orElseThrow().timeMicros() / 1000);
                wanted.release();
            }
            assertThat(millis).containsExactly(0L, everyMillis, 2 * everyMillis, 3 * everyMillis, 4 * everyMillis);
        } finally {
            camera.stop(0);
            handlers.shutdownNow();
        }
    }

    private static FrameSource open(HttpServer camera, AtomicLong nanos, Semaphore wanted) throws SourceException {
        wanted.release();
        return FrameSources.open(
                SourceUri.parse("http://127.0.0.1:" + camera.getAddress().getPort() + "/"),
                Sources.settings(20),
                nanos::get);
    }

    private static void write(OutputStream out, byte[] picture) throws IOException {
        out.write(("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: " + picture.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(picture);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
