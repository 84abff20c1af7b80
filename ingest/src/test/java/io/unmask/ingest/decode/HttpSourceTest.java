package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MPEG2VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.unmask.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an HTTP source leads to: redirects, playlists, keys; logins and parts of files. */
class HttpSourceTest {
    @TempDir
    Path folder;

    private final AtomicInteger insideHits = new AtomicInteger();
    private HttpServer server;
    private HttpServer inside;
    private ExecutorService handlers;

    @BeforeEach
    void startServers() throws IOException {
        handlers = Executors.newCachedThreadPool();
        server = start();
        inside = start();
        inside.createContext("/", exchange -> {
            insideHits.incrementAndGet();
            answer(exchange, 200, transportStream());
        });
    }

    private HttpServer start() throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        started.setExecutor(handlers);
        started.start();
        return started;
    }

    @AfterEach
    void stopServers() {
        server.stop(0);
        inside.stop(0);
        handlers.shutdownNow();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private String insideUrl(String path) {
        return "http://127.0.0.1:" + inside.getAddress().getPort() + path;
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void serve(String path, byte[] body) {
        server.createContext(path, exchange -> answer(exchange, 200, body));
    }

    private void serve(String path, String text) {
        serve(path, text.getBytes(StandardCharsets.UTF_8));
    }

    private void redirect(String path, String location) {
        server.createContext(path, exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            answer(exchange, 302, new byte[0]);
        });
    }

    private synchronized byte[] transportStream() {
        try {
            Path file = folder.resolve("v.ts");
            if (!Files.exists(file)) {
                TestVideo.of(30)
                        .codec(AV_CODEC_ID_MPEG2VIDEO, AV_PIX_FMT_YUV420P)
                        .frameRate(25)
                        .stamps(n -> n * 40_000L)
                        .write(file);
            }
            return Files.readAllBytes(file);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String playlist(String... segments) {
        StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-TARGETDURATION:2\n");
        for (String segment : segments) {
            text.append(segment.startsWith("#") ? "" : "#EXTINF:1.2,\n")
                    .append(segment)
                    .append('\n');
        }
        return text + "#EXT-X-ENDLIST\n";
    }

    private static Sources.Drained drain(String url) throws SourceException {
        return drain(url, Sources.settings(8));
    }

    private static Sources.Drained drain(String url, Settings.Source settings) throws SourceException {
        try (FrameSource source = FrameSources.open(SourceUri.parse(url), settings)) {
            return Sources.drain(source);
        }
    }

    @Test
    void shouldReadAPlaylistThatIsFoundBehindRedirects() throws Exception {
        serve("/real/v.ts", transportStream());
        serve("/real/p.m3u8", playlist("v.ts"));
        redirect("/moved.m3u8", "/real/p.m3u8");
        redirect("/first.m3u8", url("/moved.m3u8"));
        serve("/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\nmoved.m3u8\n");

        assertThat(drain(url("/first.m3u8")).counts().decoded()).isEqualTo(30);
        assertThat(drain(url("/master.m3u8").replace("http", "HTTP")).counts().decoded())
                .isEqualTo(30);
    }

    @Test
    void shouldReadAnEncryptedPlaylist() throws Exception {
        byte[] key = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        byte[] start = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(start));
        serve("/v.ts", cipher.doFinal(transportStream()));
        serve("/key", key);
        serve(
                "/p.m3u8",
                playlist("#EXT-X-KEY:METHOD=AES-128,URI=\"key\",IV=0x000102030405060708090a0b0c0d0e0f", "v.ts"));

        assertThat(drain(url("/p.m3u8")).counts()).isEqualTo(new Counts(30, 10, 0));
    }

    @Test
    void shouldNotFollowARedirectIntoThisMachine() {
        redirect("/v.ts", insideUrl("/v.ts"));
        redirect("/other.ts", insideUrl("/v.ts"));
        serve("/p.m3u8", playlist("other.ts"));

        assertThatThrownBy(() -> drain(url("/v.ts")))
                .hasMessage("source " + url("/v.ts") + ": cannot be opened: it leads to 127.0.0.1:"
                        + inside.getAddress().getPort() + ", an address inside this machine or its network;"
                        + " name that address yourself, or set source.allow-private-hosts");
        assertThatThrownBy(() -> drain(url("/p.m3u8"))).hasMessageContaining("source.allow-private-hosts");
        assertThat(insideHits).hasValue(0);
    }

    @Test
    void shouldNotFetchSegmentsKeysOrPlaylistsFromThisMachine() {
        serve("/v.ts", transportStream());
        serve("/segment.m3u8", playlist(insideUrl("/v.ts")));
        serve("/key.m3u8", playlist("#EXT-X-KEY:METHOD=AES-128,URI=\"" + insideUrl("/key") + "\"", "v.ts"));
        serve("/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\n" + insideUrl("/p.m3u8") + "\n");

        for (String path : List.of("/segment.m3u8", "/key.m3u8", "/master.m3u8")) {
            assertThatThrownBy(() -> drain(url(path))).isInstanceOf(SourceException.class);
        }
        assertThat(insideHits).hasValue(0);
    }

    @Test
    void shouldNameWhatOfAPlaylistWasNotFetched() throws Exception {
        serve("/v.ts", transportStream());
        serve("/p.m3u8", playlist("v.ts", insideUrl("/v.ts")));

        assertThat(drain(url("/p.m3u8")).counts().omitted()).singleElement().satisfies(part -> assertThat(part.why())
                .contains("127.0.0.1:" + inside.getAddress().getPort()));
        assertThat(insideHits).hasValue(0);
    }

    @Test
    void shouldEndWithALivePlaylistThatEndsThoughASegmentWasMissing() throws Exception {
        serve("/v.ts", transportStream());
        String ended = playlist("v.ts", "gone.ts", "v.ts");
        AtomicInteger asked = new AtomicInteger();
        server.createContext("/p.m3u8", exchange -> {
            String live = ended.replace("#EXT-X-ENDLIST\n", "");
            String now = asked.getAndIncrement() == 0 ? live : ended;
            answer(exchange, 200, now.getBytes(StandardCharsets.UTF_8));
        });

        Counts counts = drain(url("/p.m3u8")).counts();

        assertThat(asked).hasValueGreaterThan(1);
        assertThat(counts.decoded()).isEqualTo(60);
        assertThat(counts.damaged()).isPositive();
    }

    @Test
    void shouldFetchFromThisMachineWhenTheSettingSaysSo() throws Exception {
        serve("/p.m3u8", playlist(insideUrl("/v.ts")));
        Settings.Source allowing = new Settings.Source(8, 1, 20_000, 0, 7680L * 4320, 200_000, 0, true, 0, false);

        assertThat(drain(url("/p.m3u8"), allowing).counts().decoded()).isEqualTo(30);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:FILE",
                "FILE",
                "concat:FILE|FILE",
                "subfile,,start,0,end,0,,:FILE",
                "crypto:file:FILE",
                "crypto+file://FILE",
                "data:video/mp2t;base64,R0AAAA"
            })
    void shouldReadNothingOfThisMachinesFiles(String segment) {
        Path file = folder.resolve("v.ts");
        assertThat(transportStream()).isNotEmpty();
        serve("/p.m3u8", playlist(segment.replace("FILE", file.toString())));

        assertThatThrownBy(() -> drain(url("/p.m3u8"))).isInstanceOf(SourceException.class);
    }

    @Test
    void shouldEndAPlaylistThatHasNoEnd() {
        byte[] line = "#EXTINF:1,\nsegment.ts\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
        HttpHandler endless = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("#EXTM3U\n#EXT-X-TARGETDURATION:1\n".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 100_000; i++) {
                exchange.getResponseBody().write(line);
            }
        };
        server.createContext("/endless.m3u8", endless);
        serve("/master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\nendless.m3u8\n");

        for (String path : List.of("/endless.m3u8", "/master.m3u8")) {
            assertThatThrownBy(() -> drain(url(path))).hasMessageContaining("its playlist has no end");
        }
    }

    @Test
    void shouldNameAServerThatServesNoPartsWhenTheIndexIsAtTheEnd() throws Exception {
        serve(
                "/v.mp4",
                Files.readAllBytes(TestVideo.of(60).size(320, 240).noisy().write(folder.resolve("v.mp4"))));

        assertThatThrownBy(() -> drain(url("/v.mp4")))
                .hasMessageStartingWith("source " + url("/v.mp4") + ": ")
                .hasMessageContaining("the server does not serve parts of a file (ranges); download the file first");
    }

    @Test
    void shouldReadAFileWhoseIndexIsAtTheEndWhenTheServerServesParts() throws Exception {
        byte[] file = Files.readAllBytes(TestVideo.of(60).size(320, 240).noisy().write(folder.resolve("v.mp4")));
        server.createContext("/v.mp4", exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            int first = Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1"));
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + first + "-" + (file.length - 1) + "/" + file.length);
            answer(exchange, 206, Arrays.copyOfRange(file, first, file.length));
        });

        assertThat(drain(url("/v.mp4")).counts().decoded()).isEqualTo(60);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic realm=\"cam\"",
                "Digest realm=\"cam\", nonce=\"n\", qop=\"auth\"",
                "Digest realm=\"cam\", nonce=\"n\""
            })
    void shouldLogIn(String challenge) throws Exception {
        byte[] stream = transportStream();
        server.createContext("/v.ts", exchange -> {
            String login = exchange.getRequestHeaders().getFirst("Authorization");
            if (login == null) {
                exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
                answer(exchange, 401, new byte[0]);
            } else {
                answer(exchange, isRight(login) ? 200 : 403, stream);
            }
        });

        String address = url("/v.ts").replace("//", "//user:p@ss@");
        assertThat(drain(address).counts().decoded()).isEqualTo(30);
        assertThatThrownBy(() -> drain(address.replace("p@ss", "wr0ng")))
                .hasMessageContaining("the server answers 403 (no permission)")
                .hasMessageNotContaining("wr0ng");
    }

    @Test
    void shouldNameAUserWhomAHeaderCannotCarry() {
        server.createContext("/v.ts", exchange -> {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Digest realm=\"cam\", nonce=\"n\"");
            answer(exchange, 401, new byte[0]);
        });

        assertThatThrownBy(() -> drain(url("/v.ts").replace("//", "//\u0142ukasz:s3cret@")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("its user's name cannot be sent over HTTP")
                .hasMessageNotContaining("s3cret")
                .hasMessageNotContaining("response=");
    }

    /** RFC 7617, and RFC 7616 worked out once more. */
    private static boolean isRight(String login) {
        if (login.startsWith("Basic ")) {
            return login.endsWith(Base64.getEncoder().encodeToString("user:p@ss".getBytes(StandardCharsets.UTF_8)));
        }
        String first = md5("user:cam:p@ss");
        String request = md5("GET:/v.ts");
        String client = login.contains("cnonce") ? login.replaceAll(".*cnonce=\"([^\"]*)\".*", "$1") : "";
        String expected = client.isEmpty()
                ? md5(first + ":n:" + request)
                : md5(first + ":n:00000001:" + client + ":auth:" + request);
        return login.toLowerCase(Locale.ROOT).contains("response=\"" + expected + "\"");
    }

    private static String md5(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
