package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.unmask.config.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
    private static final Settings.Source IMPATIENT =
            new Settings.Source(8, 1, 600, 0, 7680L * 4320, 200_000, 0, false, 0, false);

    @TempDir
    Path folder;

    private HttpServer server;
    private ExecutorService handlers;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        handlers = Executors.newCachedThreadPool();
        server.setExecutor(handlers);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
        handlers.shutdownNow();
    }

    private SourceUri url(String path) throws SourceException {
        return SourceUri.parse(
                "http://user:s3cret@127.0.0.1:" + server.getAddress().getPort() + path + "?token=s3cret");
    }

    private void serve(String path, byte[] body, long declared) {
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(200, declared);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
    }

    private byte[] transportStream() throws Exception {
        return Files.readAllBytes(TestVideo.of(30)
                .codec(AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P)
                .frameRate(25)
                .stamps(n -> n * 40_000L)
                .write(folder.resolve("v.ts")));
    }

    @Test
    void shouldReadAFileOverHttp() throws Exception {
        byte[] file = Files.readAllBytes(TestVideo.of(30).write(folder.resolve("v.mkv")));
        serve("/v.mkv", file, file.length);

        try (FrameSource source = FrameSources.open(url("/v.mkv"), Sources.settings(8))) {
            assertThat(source.durationMicros()).isPresent();
            assertThat(Sources.drain(source).indices()).containsExactly(0, 4, 8, 11, 15, 19, 23, 26);
        }
    }

    @Test
    void shouldReadAStreamWithoutALengthToItsEnd() throws Exception {
        serve("/live.ts", transportStream(), 0);

        try (FrameSource source = FrameSources.open(url("/live.ts"), Sources.settings(8))) {
            assertThat(source.durationMicros()).isEmpty();
            assertThat(Sources.drain(source).counts().decoded()).isEqualTo(30);
        }
    }

    @Test
    void shouldAskForAnotherTryWhenTheStreamFallsSilent() throws Exception {
        byte[] stream = transportStream();
        CountDownLatch done = new CountDownLatch(1);
        server.createContext("/live.ts", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(stream);
            exchange.getResponseBody().flush();
            awaitQuietly(done);
        });

        assertThatThrownBy(() -> {
                    try (FrameSource source = FrameSources.open(url("/live.ts"), IMPATIENT)) {
                        Sources.drain(source);
                    }
                })
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.retriable()).isTrue())
                .hasMessageStartingWith(
                        "source http://127.0.0.1:" + server.getAddress().getPort() + "/live.ts: ")
                .hasMessageNotContaining("s3cret");
        done.countDown();
    }

    @Test
    void shouldAskForAnotherTryWhenACameraEndsItsConnection() throws Exception {
        byte[] stream = transportStream();
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            SourceUri camera = SourceUri.parse("rtsp://127.0.0.1:" + listener.getLocalPort() + "/live");
            Future<?> served = handlers.submit(() -> {
                RtspCamera.serve(listener, stream);
                return null;
            });

            try (FrameSource source = FrameSources.open(camera, Sources.settings(8))) {
                assertThatThrownBy(() -> Sources.drain(source))
                        .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.retriable())
                                .isTrue())
                        .hasMessage("source " + camera + ": connection lost: closed by the other side");
                // All but the last, whose end only a next one would show.
                assertThat(source.counts().decoded()).isEqualTo(29);
            }
            served.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldAskForAnotherTryWhenTheServerDropsTheConnectionBeforeItAnswers() {
        server.createContext("/live.ts", HttpExchange::close);

        assertThatThrownBy(() -> FrameSources.open(url("/live.ts"), Sources.settings(8)))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.retriable()).isTrue())
                .hasMessageContaining("cannot be opened")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void shouldAskForAnotherTryWhenTheServerDropsTheHandshake() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            handlers.execute(() -> {
                try {
                    while (true) {
                        listener.accept().close();
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });

            assertThatThrownBy(() -> FrameSources.open(
                            SourceUri.parse("https://127.0.0.1:" + listener.getLocalPort() + "/live.ts"),
                            Sources.settings(8)))
                    .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.retriable())
                            .isTrue())
                    .hasMessageContaining(": cannot be opened: ");
        }
    }

    @Test
    void shouldNotTryAgainWhenTheServerHasNoSuchVideo() {
        assertThatThrownBy(() -> FrameSources.open(url("/none.mp4"), Sources.settings(8)))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.retriable()).isFalse())
                .hasMessageContaining("404")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void shouldRefuseALocalFileWhenARemotePlaylistNamesIt() throws Exception {
        Path local = TestVideo.of(9).write(folder.resolve("local.ts"));
        byte[] playlist = ("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:" + local + "\n#EXT-X-ENDLIST\n")
                .getBytes(StandardCharsets.UTF_8);
        serve("/p.m3u8", playlist, playlist.length);

        assertThatThrownBy(() -> {
                    try (FrameSource source = FrameSources.open(url("/p.m3u8"), Sources.settings(8))) {
                        Sources.drain(source);
                    }
                })
                .isInstanceOf(SourceException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:%d/v.mp4", "rtsp://127.0.0.1:%d/v", "rtmp://127.0.0.1:%d/app/v"})
    void shouldGiveUpInTimeAndLeaveNoThreadWhenTheServerNeverAnswers(String address) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            SourceUri uri = SourceUri.parse(address.formatted(silent.getLocalPort()));

            SourceException stalled =
                    catchThrowableOfType(SourceException.class, () -> FrameSources.open(uri, IMPATIENT));

            assertThat(stalled).hasMessageStartingWith("source " + uri + ": ");
            assertThat(stalled.retriable()).isTrue();
            Awaitility.await().until(() -> decodingThreads(uri) == 0);
        }
    }

    @Test
    void shouldInterruptNativeInputWhenTheClockSaysThatItStalled() throws Exception {
        AtomicLong nanos = new AtomicLong();
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            handlers.execute(() -> {
                try (Socket accepted = silent.accept()) {
                    accepted.getInputStream().read();
                    nanos.addAndGet(TimeUnit.HOURS.toNanos(2));
                    accepted.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException closed) {
                    nanos.addAndGet(TimeUnit.HOURS.toNanos(2));
                }
            });
            SourceUri uri = SourceUri.parse("http://127.0.0.1:" + silent.getLocalPort() + "/v.mp4");
            // FFmpeg's own time limit is an hour: only the watchdog can end this.
            Settings.Source patient =
                    new Settings.Source(8, 1, 3_600_000, 0, 7680L * 4320, 200_000, 0, false, 0, false);

            assertThatThrownBy(() -> FrameSources.open(uri, patient, nanos::get))
                    .hasMessage("source " + uri + ": no frame for 3600000 ms");
            Awaitility.await().until(() -> decodingThreads(uri) == 0);
        }
    }

    @Test
    void shouldSayThatACameraCannotBeOpenedWhenNobodyListens() throws Exception {
        int port = unusedPort();
        assertThatThrownBy(() -> FrameSources.open(SourceUri.parse("rtsp://127.0.0.1:" + port + "/v"), IMPATIENT))
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.retriable()).isTrue())
                .hasMessage("source rtsp://127.0.0.1:" + port + "/v: cannot be opened: Connection refused");
    }

    @Test
    void shouldStopWaitingWhenTheCallerIsInterrupted() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            SourceUri uri = SourceUri.parse("http://127.0.0.1:" + silent.getLocalPort() + "/v.mp4");
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> FrameSources.open(uri, Sources.settings(8)))
                    .hasMessage("source " + uri + ": stopped before its end");
            assertThat(Thread.interrupted()).isTrue();
            Awaitility.await().until(() -> decodingThreads(uri) == 0);
        }
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            return closed.getLocalPort();
        }
    }

    private static long decodingThreads(SourceUri uri) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("unmask-decode " + uri))
                .count();
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("test ended", e);
        }
    }
}
