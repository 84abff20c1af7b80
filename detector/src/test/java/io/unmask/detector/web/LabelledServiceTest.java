package io.unmask.detector.web;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.detector.serve.Specs;
import io.unmask.model.score.TinyModel;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service with a model whose labels are others than real and fake. */
@Timeout(value = 240, unit = SECONDS)
final class LabelledServiceTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path CLIP = Path.of(System.getProperty("unmask.root"), "samples/clips/forged-1.mp4");

    @TempDir
    Path folder;

    @Test
    void shouldTellTheLabelsOfAnUploadAndAskNobodyWhetherItIsAuthentic() throws Exception {
        try (RunningService service = RunningService.start(settings())) {
            String job = service.post("/api/v1/uploads?name=talk.mp4", BodyPublishers.ofFile(CLIP))
                    .headers()
                    .firstValue("Location")
                    .orElseThrow();
            await().atMost(60, SECONDS)
                    .until(() ->
                            !json(service.get(job).body()).get("state").asText().equals("waiting"));

            assertThat(json(service.get(job).body()).get("verdict").asText()).isIn("dark", "bright");
            JsonNode clip = json(service.get(job + "/events").body()).get(1);
            assertThat(clip.get("type").asText()).isEqualTo("io.unmask.classification.clip.v1");
            assertThat(clip.at("/data/labels/0/label").asText()).isEqualTo("dark");
            assertThat(service.get("/metrics").body()).contains("unmask_verdicts_total{", "verdict=\"" + label(clip));
            assertThat(json(service.get("/api/v1/reviews").body())).isEmpty();
        }
    }

    @Test
    void shouldShowTheLabelOnThePage() throws Exception {
        assumeTrue(
                System.getenv("CI") != null || Files.isExecutable(CHROMIUM),
                CHROMIUM + " is not there: apt-get install chromium");
        Path watched = Files.createDirectory(folder.resolve("watched"));
        Files.copy(CLIP, watched.resolve("talk.mp4"));
        try (RunningService service =
                        RunningService.start(settings().withSources(List.of(Specs.of("folder", watched.toString()))));
                Browser page = Browser.open(CHROMIUM.toString(), folder.resolve("profile"))) {
            page.go(service.uri("/"));
            await().atMost(30, SECONDS).until(() -> page.is("!document.getElementById('sign-in').hidden"));
            page.tabTo("#token");
            page.type(service.token());
            page.press("Enter");
            await().atMost(60, SECONDS).until(() -> page.is("document.querySelector('.source .verdict') !== null"));

            assertThat(page.evaluate("document.querySelector('.source .verdict').textContent")
                            .asText())
                    .matches("face 1: (dark|bright) \\(p [01]\\.\\d{3}\\)");
            assertThat(page.evaluate("document.querySelector('.source .strip').getAttribute('aria-label')")
                            .asText())
                    .matches("the last \\d+ verdicts: \\d+ (dark|bright)");
        }
    }

    private static String label(JsonNode event) {
        return event.at("/data/label").asText();
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    /** A threshold that every face exceeds: the way of a label is tried here, and not the model. */
    private Settings settings() throws Exception {
        Path model = TinyModel.write(folder.resolve("labelled"), List.of("dark", "bright"));
        Map<String, String> settings = Map.of(
                "data-directory", folder.resolve("data").toString(),
                "model.directory", model.toString(),
                "clip.frames", "4",
                "clip.hop", "2",
                "clip.min-frames", "2",
                "verdict.threshold", "0.01");
        return SettingsLoader.ofService()
                .load(new SettingsSources(Optional.empty(), Map.of(), Map.of(), settings))
                .settings()
                .withWeb(WebServerTest.web(Optional.empty()));
    }
}
