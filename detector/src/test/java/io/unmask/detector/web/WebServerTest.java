package io.unmask.detector.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client of the whole service. */
@Timeout(value = 240, unit = SECONDS)
final class WebServerTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");
    private static final String SECRET = "a secret of the test's";

    @TempDir
    static Path folder;

    private static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        Path secret = Files.writeString(folder.resolve("hook"), SECRET + "\n");
        Files.createDirectories(folder.resolve("data"));
        // A cookie may not hold some of its characters.
        Files.writeString(folder.resolve("data/web-token"), "a token; of, the test's\n");
        service = RunningService.start(settings(folder.resolve("data"), Optional.of(secret)));
    }

    static Settings settings(Path data, Optional<Path> webhookSecret) {
        return TestSettings.in(data).withWeb(web(webhookSecret));
    }

    static Settings.Web web(Optional<Path> webhookSecret) {
        return new Settings.Web("127.0.0.1", 0, Optional.empty(), 1, 1, webhookSecret);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/sources",
        "POST, /api/v1/sources",
        "PUT, /api/v1/sources/a",
        "DELETE, /api/v1/sources/a",
        "GET, /api/v1/events",
        "POST, /api/v1/uploads",
        "GET, /api/v1/reviews",
        "POST, /api/v1/reviews/a",
        "GET, /api/v1/no/such"
    })
    void shouldAskForTheTokenWhereverSomethingChangesOrEvidenceIsShown(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(service.uri(path))
                .method(method, BodyPublishers.noBody())
                .build();

        assertThat(service.send(request).statusCode()).isEqualTo(401);
        assertThat(service.send(HttpRequest.newBuilder(service.uri(path))
                                .header("Authorization", "Bearer " + service.token() + "x")
                                .method(method, BodyPublishers.noBody())
                                .build())
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void shouldLetNoOtherSiteUseTheCookie() throws Exception {
        HttpResponse<String> signedIn = service.send(HttpRequest.newBuilder(service.uri("/api/v1/session"))
                .POST(BodyPublishers.ofString("{\"token\":\"" + service.token() + "\"}"))
                .build());
        String cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict");

        HttpRequest.Builder change = HttpRequest.newBuilder(service.uri("/api/v1/sources/none/pause"))
                .header("Cookie", cookie.split(";", 2)[0])
                .POST(BodyPublishers.noBody());
        assertThat(service.send(change.build()).statusCode()).isEqualTo(403);
        assertThat(service.send(change.header("X-Unmask-Page", "1").build()).statusCode())
                .isEqualTo(404);
    }

    @Test
    void shouldShowHealthMetricsAndThePageToAnybody() throws Exception {
        await().atMost(60, SECONDS).until(() -> open("/health/ready").statusCode() == 200);

        assertThat(open("/health/live").body()).isEqualTo("alive\n");
        assertThat(open("/metrics").body()).contains("unmask_outbox_pending", "unmask_model_info");
        HttpResponse<String> page = open("/");
        assertThat(page.body()).contains("<title>unmask</title>");
        assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
    }

    @Test
    void shouldDescribeEveryPathOfTheApi() throws Exception {
        JsonNode paths = json(open("/openapi.json").body()).get("paths");
        for (var path : (Iterable<Map.Entry<String, JsonNode>>) paths.properties()) {
            if (path.getValue().has("get")
                    && !path.getKey().contains("{")
                    && !path.getKey().endsWith("/events")) {
                assertThat(service.get(path.getKey()).statusCode())
                        .as(path.getKey())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void shouldAddPauseResumeAndRemoveASource() throws Exception {
        HttpResponse<String> added = service.post(
                "/api/v1/sources",
                "{\"id\":\"door\",\"uri\":\"rtsp://127.0.0.1:9/door\",\"username\":\"u\",\"password\":\"pa ss\"}");
        assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
        assertThat(service.get("/api/v1/sources").body())
                .contains("rtsp://127.0.0.1:9/door")
                .doesNotContain("pa");

        assertThat(service.get("/api/v1/sources/door/picture").body()).contains("no picture yet; ask again");
        assertThat(service.get("/api/v1/sources/none/picture").body()).contains("no such source");

        assertThat(service.post("/api/v1/sources/door/pause", "").statusCode()).isEqualTo(204);
        assertThat(state("door")).isEqualTo("paused");
        assertThat(service.post("/api/v1/sources/door/resume", "").statusCode()).isEqualTo(204);
        assertThat(state("door")).isEqualTo("opening");
        assertThat(open("/metrics").body()).contains("unmask_source_state{source=\"door\",state=\"opening\"} 1.0");

        await().atMost(60, SECONDS).until(() -> open("/metrics").body().contains("source=\"door\",state=\"stalled\"}"));
        assertThat(service.delete("/api/v1/sources/door").statusCode()).isEqualTo(204);
        await().atMost(60, SECONDS)
                .untilAsserted(() -> assertThat(open("/metrics").body()).doesNotContain("source=\"door\""));
        assertThat(service.delete("/api/v1/sources/door").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id':'a','uri':'/etc/passwd'}                                              | settings file only",
                "{'id':'a','uri':'file:///etc/passwd'}                                       | settings file only",
                "{'id':'a','uri':'webcam:0'}                                                 | settings file only",
                "{'id':'upload','uri':'rtsp://h/a'}                                          | choose another",
                "{'id':'a','uri':'concat://a'}                                               | unknown scheme",
                "{'id':'A','uri':'rtsp://h/a'}                                               | id: must be",
                "{'id':'a'}                                                                  | uri: must be given",
                "{'id':'a','uri':'rtsp://h/a','settings':{'face.yunet-model':'/etc/passwd'}} | settings file only",
                "{'id':'a','uri':'rtsp://h/a','settings':{'clip.hop':null}}                  | clip.hop: must have a value",
                "{'id':'a','uri':'rtsp://h/a','settings':{'clip.hop':'99'}}                  | clip.hop = 99",
                "{'id':'a','uri':'rtsp://h/a','settings':{'clip.frames':'32'}}               | source a: clip.frames = 32",
                "{'id':'a','uri':'rtsp://h/a','password_file':'/etc/passwd'}                 | the body is not",
                "[]                                                                          | the body is not",
                "nonsense                                                                    | the body is not"
            })
    void shouldRefuseAnInvalidSourceAndSayWhy(String body, String why) throws Exception {
        HttpResponse<String> refused = service.post("/api/v1/sources", body.replace('\'', '"'));

        assertThat(refused.statusCode()).isBetween(400, 409);
        assertThat(json(refused.body()).get("detail").asText()).contains(why);
        assertThat(service.get("/api/v1/sources/a").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldJudgeAnUploadAndTellItsSignedWebhook() throws Exception {
        CompletableFuture<Map.Entry<List<String>, String>> told = new CompletableFuture<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/hook", exchange -> {
            told.complete(Map.entry(
                    List.of(
                            exchange.getRequestHeaders().getFirst("X-Unmask-Timestamp"),
                            exchange.getRequestHeaders().getFirst("X-Unmask-Signature")),
                    new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            exchange.sendResponseHeaders(204, -1);
        });
        receiver.start();
        String hook = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";

        HttpResponse<String> taken = service.post(
                "/api/v1/uploads?name=talk.mp4&webhook=" + hook, BodyPublishers.ofFile(CLIPS.resolve("no-face.mp4")));
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
        String job = taken.headers().firstValue("Location").orElseThrow();
        var message = told.get();
        receiver.stop(0);

        assertThat(json(message.getValue()).get("verdict").asText()).isEqualTo("not_evaluable");
        assertThat(message.getKey().get(1))
                .isEqualTo("sha256="
                        + Webhooks.signature(
                                SECRET,
                                message.getKey().get(0),
                                message.getValue().getBytes(UTF_8)));
        assertThat(json(service.get(job).body()).get("state").asText()).isEqualTo("done");
        assertThat(json(service.get(job + "/events").body())).isNotEmpty();
        HttpResponse<String> none = service.get("/api/v1/uploads/none/events");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("there is no such upload");
        assertThat(open("/metrics").body())
                .as("one series for all uploads")
                .contains("source=\"upload\"")
                .doesNotContain("source=\"upload-");
        HttpResponse<String> report = service.get(job + "/report");
        assertThat(report.body()).contains("talk.mp4").doesNotContain(folder.toString());
        assertThat(report.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("sandbox");
    }

    @Test
    void shouldFailTheJobOfAnUploadThatIsNoVideo() throws Exception {
        HttpResponse<String> taken = service.post("/api/v1/uploads?name=a.mp4", "no video");
        String job = taken.headers().firstValue("Location").orElseThrow();

        await().atMost(60, SECONDS)
                .until(() -> json(service.get(job).body()).get("state").asText().equals("failed"));
        assertThat(json(service.get(job).body()).get("detail").asText()).isNotEmpty();
    }

    @Test
    void shouldRefuseAnUploadThatIsTooLargeOrEmpty() throws Exception {
        assertThat(service.post("/api/v1/uploads", BodyPublishers.ofByteArray(new byte[(1 << 20) + 1]))
                        .statusCode())
                .isEqualTo(413);
        assertThat(service.post(
                                "/api/v1/uploads",
                                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[2 << 20])))
                        .statusCode())
                .isEqualTo(413);
        assertThat(service.post("/api/v1/uploads", "").statusCode()).isEqualTo(400);
        assertThat(folder.resolve("data/uploads").toFile().list())
                .as("what was refused leaves nothing")
                .allSatisfy(job ->
                        assertThat(folder.resolve("data/uploads").resolve(job)).isNotEmptyDirectory());
    }

    @Test
    void shouldStreamEventsAsTheyAreSafe() throws Exception {
        HttpResponse<InputStream> stream =
                service.client().send(service.signed("/api/v1/events").GET().build(), BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), UTF_8))) {
            assertThat(lines.readLine()).isEqualTo(": unmask");
            service.post("/api/v1/uploads?name=b.mp4", BodyPublishers.ofFile(CLIPS.resolve("no-face.mp4")));

            String line = lines.readLine();
            while (!line.startsWith("data: {\"source\":\"upload-")) {
                line = lines.readLine();
            }
            assertThat(json(line.substring("data: ".length()))
                            .at("/event/specversion")
                            .asText())
                    .isEqualTo("1.0");
        }
    }

    private static HttpResponse<String> open(String path) throws Exception {
        return service.send(HttpRequest.newBuilder(service.uri(path)).build());
    }

    private static String state(String source) throws Exception {
        return json(service.get("/api/v1/sources/" + source).body())
                .get("state")
                .asText();
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }
}
