package io.unmask.detector.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand requests that mean no good. Run by {@code mvn -P slow verify}. */
@Tag("slow")
@Timeout(value = 10, unit = MINUTES)
final class WebAbuseTest {
    private static final int REQUESTS = 10_000;
    private static final int CLOSED = 0;
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD");
    private static final List<String> PATHS = List.of(
            "/api/v1/sources",
            "/api/v1/sources/door",
            "/api/v1/sources/%2e%2e%2f/pause",
            "/api/v1/sources/door/picture",
            "/api/v1/uploads?name=%00",
            "/api/v1/uploads/../../etc/passwd",
            "/api/v1/reviews/x/pictures/999999999999",
            "/api/v1/reviews/x",
            "/api/v1/session",
            "/%c0%af",
            "/page.js/..;/metrics",
            "/nowhere");

    @TempDir
    Path folder;

    @Test
    void shouldAnswerNoAbuseWithAFailureOfItsOwnAndChangeNothing() throws Exception {
        Settings settings = WebServerTest.settings(folder.resolve("data"), Optional.empty());
        try (RunningService service = RunningService.start(settings)) {
            String before = service.get("/api/v1/sources").body();
            Map<Integer, Integer> answers = new TreeMap<>();
            Random random = new Random(14);
            for (int i = 0; i < REQUESTS; i++) {
                HttpRequest request = request(service, random);
                int status = status(service, request);
                answers.merge(status, 1, Integer::sum);
                assertThat(status).as(request + " " + request.headers()).isLessThan(500);
            }
            assertThat(answers.keySet()).as("%s", answers).contains(400, 401, 404);
            assertThat(service.get("/api/v1/sources").body()).isEqualTo(before);
            assertThat(service.get("/health/live").statusCode()).isEqualTo(200);
        }
    }

    /** The HTTP server itself closes upon an address that is none; the service answers all others, however large their bodies. */
    private static int status(RunningService service, HttpRequest request) throws Exception {
        try {
            return service.send(request).statusCode();
        } catch (IOException e) {
            assertThat(request.uri().getRawPath()).as(e.toString()).containsAnyOf("%c0", ";");
            return CLOSED;
        }
    }

    /** Half of them have a token: theirs are the bodies that are parsed. */
    private static HttpRequest request(RunningService service, Random random) {
        String path = PATHS.get(random.nextInt(PATHS.size()));
        HttpRequest.Builder request = HttpRequest.newBuilder(service.uri(path));
        if (random.nextBoolean()) {
            request.header("Authorization", "Bearer " + service.token());
        } else if (random.nextBoolean()) {
            request.header("Authorization", "Bearer " + "x".repeat(random.nextInt(4000)));
        } else {
            request.header("Cookie", "unmask-token=" + random.nextLong());
        }
        return request.method(METHODS.get(random.nextInt(METHODS.size())), BodyPublishers.ofByteArray(body(random)))
                .build();
    }

    private static byte[] body(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> new byte[0];
            case 1 -> "[".repeat(5000).getBytes(UTF_8);
            case 2 -> "{\"id\":null,\"uri\":3,\"answer\":\"maybe\",\"token\":{}}".getBytes(UTF_8);
            case 3 -> new byte[100_000];
            default -> {
                byte[] noise = new byte[random.nextInt(2000)];
                random.nextBytes(noise);
                yield noise;
            }
        };
    }
}
