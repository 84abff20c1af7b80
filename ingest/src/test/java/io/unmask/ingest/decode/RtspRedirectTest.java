package io.unmask.ingest.decode;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import io.unmask.config.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An RTSP server that sends its client elsewhere. */
@Timeout(120)
class RtspRedirectTest {
    @TempDir
    Path folder;

    private ServerSocket named;
    private ServerSocket elsewhere;

    @BeforeEach
    void listen() throws IOException {
        named = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        elsewhere = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        named.close();
        elsewhere.close();
    }

    @Test
    void shouldNotBeLedToAnotherPortOfThisMachine() throws Exception {
        CompletableFuture<Void> redirected = redirectTo("rtsp://127.0.0.1:" + elsewhere.getLocalPort() + "/inside");
        CompletableFuture<Socket> visited = CompletableFuture.supplyAsync(this::visitor);

        SourceException failure = catchThrowableOfType(SourceException.class, () -> open(false));

        assertThat(failure)
                .hasMessage("source " + address() + ": cannot be opened: it leads to 127.0.0.1:"
                        + elsewhere.getLocalPort() + ", an address inside this machine or its network; name that"
                        + " address yourself, or set source.allow-private-hosts");
        assertThat(failure.retriable()).isFalse();
        redirected.join();
        assertThat(visited).isNotDone();
    }

    /** The policy sees a redirect in FFmpeg's log, which cuts long lines short, while FFmpeg follows the whole address. */
    @ParameterizedTest
    @ValueSource(strings = {"0", " "})
    void shouldRefuseARedirectWhoseAddressIsLongerThanTheLogShows(String filling) throws Exception {
        CompletableFuture<Void> redirected = redirectTo(
                "rtsp://198.51.100.1:0" + filling.repeat(1000) + "@127.0.0.1:" + elsewhere.getLocalPort() + "/inside");
        CompletableFuture<Socket> visited = CompletableFuture.supplyAsync(this::visitor);

        assertThatThrownBy(() -> open(false))
                .hasMessage("source " + address() + ": cannot be opened: it leads to an address that is too long");
        redirected.join();
        assertThat(visited).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://198.51.100.1/v", "file:///etc/passwd", "rtsp://[::1", "rtsp://2130706433/v"})
    void shouldNotBeLedToWhatIsNoCameraOutside(String address) throws Exception {
        CompletableFuture<Void> redirected = redirectTo(address);

        SourceException failure = catchThrowableOfType(SourceException.class, () -> open(false));

        assertThat(failure).hasMessageStartingWith("source " + address() + ": cannot be opened: it leads to ");
        redirected.join();
    }

    @Test
    void shouldFollowWhereItIsAllowedTo() throws Exception {
        byte[] stream = Files.readAllBytes(TestVideo.of(30)
                .codec(AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P)
                .frameRate(25)
                .stamps(n -> n * 40_000L)
                .write(folder.resolve("v.ts")));
        CompletableFuture<Void> redirected = redirectTo("rtsp://127.0.0.1:" + elsewhere.getLocalPort() + "/live");
        CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
            try {
                RtspCamera.serve(elsewhere, stream);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });

        try (FrameSource source = open(true)) {
            assertThat(catchThrowableOfType(SourceException.class, () -> Sources.drain(source)))
                    .hasMessageContaining("connection lost");
            assertThat(source.counts().decoded()).isEqualTo(29);
        }
        redirected.join();
        served.join();
    }

    private String address() {
        return "rtsp://127.0.0.1:" + named.getLocalPort() + "/live";
    }

    private FrameSource open(boolean allowPrivateHosts) throws SourceException {
        return FrameSources.open(
                SourceUri.parse(address()),
                new Settings.Source(8, 1, 30_000, 0, 7680L * 4320, 200_000, 0, allowPrivateHosts, 0, false));
    }

    private Socket visitor() {
        try {
            return elsewhere.accept();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers the first request with a redirect, and hangs up. */
    private CompletableFuture<Void> redirectTo(String address) {
        return CompletableFuture.runAsync(() -> {
            try (Socket client = named.accept()) {
                BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
                String sequence = "";
                for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                    sequence = line.startsWith("CSeq:") ? line : sequence;
                }
                client.getOutputStream()
                        .write(("RTSP/1.0 302 Moved\r\n" + sequence + "\r\nLocation: " + address + "\r\n\r\n")
                                .getBytes(US_ASCII));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
