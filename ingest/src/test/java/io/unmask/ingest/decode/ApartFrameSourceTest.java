package io.unmask.ingest.decode;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import com.sun.net.httpserver.HttpServer;
import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sources that are decoded by processes of their own, and what befalls these. */
@Timeout(180)
class ApartFrameSourceTest {
    private static final Settings.Source APART =
            new Settings.Source(25, 1, 30_000, 0, 7680L * 4320, 200_000, 0, false, 400, false);
    private static final Duration SILENCE_AND_START = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private HttpServer server;
    private ExecutorService handlers;

    @BeforeEach
    void startServer() throws Exception {
        byte[] stream = Files.readAllBytes(TestVideo.of(400)
                .codec(AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P)
                .size(320, 240)
                .frameRate(25)
                .stamps(n -> n * 40_000L)
                .write(folder.resolve("v.ts")));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        handlers = Executors.newCachedThreadPool();
        server.setExecutor(handlers);
        server.createContext("/live.ts", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(stream);
            }
        });
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
        handlers.shutdownNow();
    }

    private SourceUri url(String path) throws SourceException {
        return SourceUri.parse(
                "http://user:s3cret@127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private ApartFrameSource open() throws SourceException {
        return (ApartFrameSource) FrameSources.openApart(url("/live.ts"), APART, 60_000);
    }

    @Test
    void shouldGiveTheSamePicturesAsThisProcessWould() throws Exception {
        Sources.Drained here;
        try (FrameSource source = FrameSources.open(url("/live.ts"), APART)) {
            here = Sources.drain(source);
        }
        Sources.Drained there;
        try (FrameSource source = open()) {
            there = Sources.drain(source);
        }

        assertThat(there.micros()).isEqualTo(here.micros()).hasSize(400);
        assertThat(there.counts()).isEqualTo(here.counts());
        for (int i = 0; i < 400; i += 57) {
            assertThat(there.pictures().get(i).rgb())
                    .isEqualTo(here.pictures().get(i).rgb());
        }
    }

    @Test
    void shouldLoseOnlyTheSourceWhoseDecoderIsKilled() throws Exception {
        shouldLoseOnlyTheSourceWhoseDecoderIsHarmed("-KILL", "its decoder ended unexpectedly (killed");
    }

    @Test
    void shouldLoseOnlyTheSourceWhoseDecoderStandsStill() throws Exception {
        shouldLoseOnlyTheSourceWhoseDecoderIsHarmed("-STOP", "its decoder gave no sign of life");
    }

    private void shouldLoseOnlyTheSourceWhoseDecoderIsHarmed(String signal, String why) throws Exception {
        try (ApartFrameSource harmed = open();
                ApartFrameSource other = open()) {
            List<Integer> shown = new ArrayList<>(show(other, 3));
            show(harmed, 3);
            long start = System.nanoTime();

            send(signal, harmed.process());
            SourceException failure = catchThrowableOfType(SourceException.class, () -> Sources.drain(harmed));

            assertThat(failure).hasMessageContaining(why).hasMessageNotContaining("s3cret");
            assertThat(failure.retriable()).isTrue();
            await().atMost(10, SECONDS).until(() -> !harmed.process().isAlive());
            try (ApartFrameSource again = open()) {
                show(again, 1);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SILENCE_AND_START);
            shown.addAll(show(other, 3));
            assertThat(shown).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    /** A process takes much longer than these 20 ms to start, as it does longer than seconds where the machine is too busy. */
    @Test
    void shouldNotEndADecoderThatStartsSlowlyAndGetsOn() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (ApartFrameSource source =
                new ApartFrameSource(url("/live.ts"), APART, 60_000, new Watchdog(thread, 20, System::nanoTime), 20)) {
            source.open();

            assertThat(show(source, 3)).containsExactly(0, 1, 2);
        }
    }

    @Test
    void shouldReadASourceIn4kByThePackagedSettings() throws Exception {
        byte[] stream = Files.readAllBytes(FfmpegTool.make(
                folder.resolve("4k.ts"),
                "-f lavfi -i testsrc2=size=3840x2160:rate=25 -frames:v 25 -c:v libx264 -preset ultrafast"
                        + " -pix_fmt yuv420p"));
        server.createContext("/4k.ts", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(stream);
            }
        });

        try (FrameSource source = FrameSources.openApart(url("/4k.ts"), packagedSettings(), 60_000)) {
            int pictures = 0;
            for (Optional<SampledPicture> next = source.next(); next.isPresent(); next = source.next()) {
                assertThat(next.get().picture().width()).isEqualTo(3840);
                pictures++;
            }
            assertThat(pictures).isEqualTo(8);
        }
    }

    private Settings.Source packagedSettings() {
        SettingsSources nothing =
                new SettingsSources(Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), Map.of());
        return SettingsLoader.ofService().load(nothing).settings().source();
    }

    @Test
    void shouldNameASourceThatCannotBeOpened() throws Exception {
        SourceUri missing = url("/missing.ts");

        SourceException here = catchThrowableOfType(SourceException.class, () -> FrameSources.open(missing, APART));
        SourceException there =
                catchThrowableOfType(SourceException.class, () -> FrameSources.openApart(missing, APART, 60_000));

        assertThat(there).hasMessage(here.getMessage());
        assertThat(there.retriable()).isEqualTo(here.retriable());
    }

    @Test
    void shouldEndADecoderThatFailsInAWayThatNobodyForesaw() {
        SourceUri noPath = new SourceUri(SourceUri.Kind.WEBCAM, "/dev/video\0");

        SourceException failure =
                catchThrowableOfType(SourceException.class, () -> FrameSources.openApart(noPath, APART, 60_000));

        assertThat(failure)
                .hasMessageContaining("its decoder failed in an unforeseen way: java.nio.file.InvalidPathException at ")
                .hasMessageNotContaining("Nul character");
        assertThat(failure.retriable()).isTrue();
    }

    @Test
    void shouldStartNoProcessForACameraThatIsOff() throws Exception {
        SourceUri off = SourceUri.parse("rtsp://user:s3cret@127.0.0.1:9/live");

        SourceException failure =
                catchThrowableOfType(SourceException.class, () -> FrameSources.openApart(off, APART, 60_000));

        assertThat(failure)
                .hasMessageStartingWith("source rtsp://127.0.0.1:9/live: cannot be opened: Connection refused");
        assertThat(failure.retriable()).isTrue();
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void shouldEndADecoderThatTakesTooMuchMemory() {
        Settings.Source tight = new Settings.Source(25, 1, 30_000, 0, 7680L * 4320, 200_000, 0, false, 30, false);

        SourceException failure = catchThrowableOfType(SourceException.class, () -> {
            try (FrameSource source = FrameSources.openApart(url("/live.ts"), tight, 60_000)) {
                Sources.drain(source);
            }
        });

        assertThat(failure).hasMessageContaining("took more memory than source.process-megabytes = 30");
        assertThat(failure.retriable()).isFalse();
    }

    @Test
    void shouldLeaveTheEndToItsParentWhenATerminalInterruptsAll() throws Exception {
        try (ApartFrameSource source = open()) {
            show(source, 1);
            send("-INT", source.process());
            send("-TERM", source.process());

            assertThat(Sources.drain(source).micros()).hasSize(399);
        }
    }

    @Test
    void shouldNeitherListenOnItsParentsPortNorOutliveIt() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        ProcessBuilder managed = DecoderRequest.process(APART, Parent.class.getName());
        managed.environment()
                .put(
                        "JAVA_TOOL_OPTIONS",
                        "-Dcom.sun.management.jmxremote.port=" + port
                                + " -Dcom.sun.management.jmxremote.authenticate=false"
                                + " -Dcom.sun.management.jmxremote.ssl=false");
        Process parent = managed.start();
        parent.getOutputStream().write((url("/live.ts").location() + "\n").getBytes(US_ASCII));
        parent.getOutputStream().flush();
        long pid = Long.parseLong(parent.inputReader().readLine());
        ProcessHandle decoder = ProcessHandle.of(pid).orElseThrow();

        send("-KILL", parent.toHandle());

        await().atMost(20, SECONDS).until(() -> !decoder.isAlive());
    }

    /** A process that opens a source and then does nothing. */
    static final class Parent {
        public static void main(String[] arguments) throws Exception {
            String uri = new BufferedReader(new InputStreamReader(System.in, US_ASCII)).readLine();
            ApartFrameSource source = (ApartFrameSource) FrameSources.openApart(SourceUri.parse(uri), APART, 60_000);
            System.out.println(source.process().pid());
            Thread.currentThread().join();
        }
    }

    private static List<Integer> show(FrameSource source, int pictures) throws SourceException {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            indices.add(TestVideo.index(source.next().orElseThrow().picture().copy()));
        }
        return indices;
    }

    private static void send(String signal, ProcessHandle process) throws IOException, InterruptedException {
        int code = new ProcessBuilder("sh", "-c", "kill " + signal + " " + process.pid())
                .start()
                .waitFor();
        assertThat(code).isZero();
    }
}
