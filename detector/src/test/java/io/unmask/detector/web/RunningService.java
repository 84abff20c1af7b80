package io.unmask.detector.web;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.unmask.config.Settings;
import io.unmask.detector.serve.ServeRun;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The whole service with its HTTP server, for tests that are its clients. */
final class RunningService implements AutoCloseable {
    private final ServeRun run;
    private final CompletableFuture<Boolean> result = new CompletableFuture<>();
    private final CompletableFuture<WebServer> server = new CompletableFuture<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final String token;

    private RunningService(Settings settings) throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        run = new ServeRun(
                new ServeRun.Request(
                        settings, Optional.empty(), () -> settings, metrics.registry(), "test", service -> {
                            WebServer started = WebServer.start(service, metrics, note -> {});
                            server.complete(started);
                            return started;
                        }),
                new Silent());
        new Thread(this::serve).start();
        server.join();
        token = Files.readString(settings.dataDirectory().resolve("web-token")).strip();
    }

    /** Starts a service, and waits until it takes what it is asked for. */
    static RunningService start(Settings settings) throws IOException {
        RunningService started = new RunningService(settings);
        HttpRequest ready = HttpRequest.newBuilder(started.uri("/health/ready")).build();
        await().atMost(60, SECONDS).until(() -> started.send(ready).statusCode() == 200);
        return started;
    }

    private void serve() {
        try {
            result.complete(run.run());
        } catch (Exception e) {
            result.completeExceptionally(e);
            server.completeExceptionally(e);
        }
    }

    String token() {
        return token;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.join().port() + path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(signed(path).GET().build());
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(signed(path).POST(BodyPublishers.ofString(json)).build());
    }

    HttpResponse<String> post(String path, BodyPublisher body) throws IOException, InterruptedException {
        return send(signed(path).POST(body).build());
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(signed(path).DELETE().build());
    }

    HttpRequest.Builder signed(String path) {
        return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + token);
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        run.stop();
        result.join();
    }

    private static final class Silent implements ServeRun.Listener {
        @Override
        public void note(String line) {}

        @Override
        public void trouble(String message) {}
    }
}
