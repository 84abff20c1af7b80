package io.unmask.detector.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report in a real browser. */
class ReportInBrowserTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    @TempDir
    Path folder;

    @Test
    void shouldRenderWithoutErrorsAndWithoutAnyRequestButTheReport() throws Exception {
        assumeTrue(
                System.getenv("CI") != null || Files.isExecutable(CHROMIUM),
                CHROMIUM + " is not there: apt-get install chromium");
        byte[] report = MadeUp.html(MadeUp.interview("file:/videos/interview.mp4"), MadeUp.landscape())
                .getBytes(StandardCharsets.UTF_8);
        HttpServer server = serve(report);
        String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/report.html";
        try {
            Document rendered = browse(address);

            assertThat(rendered.select("article.face")).hasSize(4);
            assertThat(Files.readString(folder.resolve("stderr"))).doesNotContain("CONSOLE", "Refused", "violates");
            assertThat(requests()).containsExactly(address);
        } finally {
            server.stop(0);
        }
    }

    private static HttpServer serve(byte[] report) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, report.length);
            exchange.getResponseBody().write(report);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** The page's document after the browser has laid it out. */
    private Document browse(String address) throws IOException, InterruptedException {
        Process browser = new ProcessBuilder(
                        CHROMIUM.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-extensions",
                        // The browser has errands of its own; none of them leaves the machine.
                        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                        "--enable-logging=stderr",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--log-net-log=" + folder.resolve("net.json"),
                        "--dump-dom",
                        address)
                .redirectOutput(folder.resolve("stdout").toFile())
                .redirectError(folder.resolve("stderr").toFile())
                .start();
        try {
            assertThat(browser.waitFor(60, TimeUnit.SECONDS))
                    .as("chromium ended")
                    .isTrue();
        } finally {
            browser.destroyForcibly().waitFor();
        }
        assertThat(browser.exitValue())
                .as(Files.readString(folder.resolve("stderr")))
                .isZero();
        return Jsoup.parse(folder.resolve("stdout"));
    }

    /** Addresses that were asked for by or for the page, from the browser's own log of its network. */
    private Set<String> requests() throws IOException {
        JsonNode log = new ObjectMapper().readTree(folder.resolve("net.json").toFile());
        int started = log.at("/constants/logEventTypes/URL_REQUEST_START_JOB").asInt(-1);
        assertThat(started).isNotNegative();
        Set<String> urls = new TreeSet<>();
        for (JsonNode event : log.path("events")) {
            String url = event.at("/params/url").asText("");
            boolean errand = event.at("/params/initiator").asText().equals("not an origin")
                    && !url.startsWith("http://127.0.0.1:");
            if (event.path("type").asInt() == started && !url.isEmpty() && !url.startsWith("data:") && !errand) {
                urls.add(url);
            }
        }
        return urls;
    }
}
