package io.unmask.samples.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;

/** {@code unmask serve} as a process of its own, and its HTTP API as a client sees it. */
final class ServeProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final UnmaskProcess process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String page;
    private final String token;

    private ServeProcess(UnmaskProcess process, String page, String token) {
        this.process = process;
        this.page = page;
        this.token = token;
    }

    /**
     * Starts it and waits until it can judge.
     *
     * @param data its data directory, beside which its settings and its log are kept
     * @param sources addresses by id
     */
    static ServeProcess start(
            Path data, Optional<Path> group, Map<String, String> settings, Map<String, String> sources)
            throws Exception {
        StringBuilder yaml = new StringBuilder(sources.isEmpty() ? "" : "sources:\n");
        sources.forEach((id, uri) -> yaml.append("  - {id: %s, uri: '%s'}%n".formatted(id, uri)));
        Path file = data.resolveSibling(data.getFileName() + ".yaml");
        Files.writeString(file, yaml);
        List<String> arguments = new ArrayList<>(List.of("serve", "--config", file.toString(), "--port", "0"));
        arguments.addAll(List.of("-D", "data-directory=" + data));
        settings.forEach((key, value) -> arguments.addAll(List.of("-D", key + "=" + value)));
        Path log = Files.createTempFile(data.getParent(), data.getFileName() + "-", ".log");
        UnmaskProcess process = UnmaskProcess.start(log, group, arguments);
        Matcher said = process.awaitLine("page and API at (http://\\S+)/, token in (\\S+)");
        ServeProcess serve = new ServeProcess(
                process, said.group(1), Files.readString(Path.of(said.group(2))).strip());
        Trials.await(
                "ready",
                () -> serve.send("GET", "/health/ready", Optional.empty()).statusCode() == 200);
        return serve;
    }

    UnmaskProcess process() {
        return process;
    }

    HttpResponse<String> send(String method, String path, Optional<String> json)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(page + path))
                        .header("Authorization", "Bearer " + token)
                        .method(method, json.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody))
                        .build(),
                BodyHandlers.ofString());
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(send("GET", path, Optional.empty()).body());
    }

    /** Sources that give pictures. */
    long running() throws IOException, InterruptedException {
        long running = 0;
        for (JsonNode source : get("/api/v1/sources")) {
            running += source.path("state").asText().equals("running") ? 1 : 0;
        }
        return running;
    }

    /** Sum over all series of a metric whose labels hold all of these. */
    double metric(String name, String... labels) throws IOException, InterruptedException {
        return send("GET", "/metrics", Optional.empty())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }
}
