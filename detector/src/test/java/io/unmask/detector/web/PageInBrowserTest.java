package io.unmask.detector.web;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.cli.CommandLineRun;
import io.unmask.detector.serve.LabelStore;
import io.unmask.detector.serve.LabelStore.Label;
import io.unmask.detector.serve.ReviewQueue;
import io.unmask.detector.serve.Specs;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.score.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page as a person uses it who has a phone's screen and a keyboard alone. */
@Timeout(value = 240, unit = SECONDS)
final class PageInBrowserTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");

    @TempDir
    Path folder;

    @BeforeEach
    void findBrowser() {
        assumeTrue(
                System.getenv("CI") != null || Files.isExecutable(CHROMIUM),
                CHROMIUM + " is not there: apt-get install chromium");
    }

    @Test
    void shouldLetAPersonSignInAddASourceAndReviewAFaceByTheKeyboardAlone() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        Files.copy(CLIPS.resolve("forged-1.mp4"), watched.resolve("talk.mp4"));
        try (RunningService service = RunningService.start(settings(watched));
                Browser page = Browser.open(CHROMIUM.toString(), folder.resolve("profile"))) {
            page.go(service.uri("/"));
            await().atMost(30, SECONDS).until(() -> page.is("!document.getElementById('sign-in').hidden"));
            page.tabTo("#token");
            page.type(service.token());
            page.press("Enter");
            await().atMost(60, SECONDS).until(() -> page.is(waiting(1)));
            assertThat(page.is("getComputedStyle(document.getElementById('sign-in')).display === 'none'"))
                    .isTrue();
            await().atMost(30, SECONDS)
                    .until(() -> page.is(
                            "document.querySelector('.source .verdict')?.textContent.startsWith('face 1: fake')"));

            page.tabTo("summary");
            page.press("Enter");
            page.tabTo("#add-id");
            page.type("door");
            page.tabTo("#add-uri");
            page.type("rtsp://127.0.0.1:9/door");
            page.press("Enter");
            await().atMost(30, SECONDS).until(() -> page.is("document.querySelectorAll('.source').length === 2"));

            page.tabTo("#who");
            page.type("Ada");
            page.tabTo("[data-answer=fake]");
            page.press("Enter");
            await().atMost(30, SECONDS).until(() -> page.is(waiting(0)));

            install(service);
            await().atMost(30, SECONDS)
                    .until(() -> text(page, "model-shadow").startsWith("Shadow: unmask-default other"));
            page.tabTo("#promote");
            page.press("Enter");
            await().atMost(60, SECONDS)
                    .until(() -> text(page, "model-serving").matches("Judges: unmask-default other \\(\\w+\\)"));
            assertThat(text(page, "model-previous")).startsWith("Judged before: unmask-default ");
            assertThat(page.is("document.getElementById('promote').hidden")).isTrue();
            assertThat(page.is("document.getElementById('rollback').hidden")).isFalse();

            assertThat(page.is("document.documentElement.scrollWidth <= innerWidth"))
                    .as("nothing reaches beyond a phone's screen")
                    .isTrue();
        }
        assertThat(new LabelStore(folder.resolve("data")).all())
                .singleElement()
                .returns(ReviewQueue.Answer.FAKE, Label::answer)
                .returns("Ada", Label::who);
    }

    @Test
    void shouldKeepFacesOfDifferentFilesAndConnectionsApart() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        try (RunningService service = RunningService.start(settings(watched));
                Browser page = Browser.open(CHROMIUM.toString(), folder.resolve("profile"))) {
            signIn(page, service);
            page.evaluate(
                    """
                    var card = newCard('folder');
                    var of = (session, data) => ({stream: {id: 'f', session}, ...data});
                    var clip = session => take(card, {type: 'io.unmask.verdict.clip.v1', data: of(session, {
                      verdict: 'fake', p_fake: 0.9,
                      face: {track: 1, frames: [{box: {x: 1, y: 1, width: 2, height: 2}}]}})});
                    var state = (session, to) => take(card, {
                      type: 'io.unmask.stream.state.v1', data: of(session, {state: to})});
                    var shown = () => [
                      card.element.querySelectorAll('.verdict').length,
                      card.element.querySelectorAll('.strip i').length,
                      card.element.querySelectorAll('rect').length].join(' ');
                    clip('a'); clip('b'); clip('b');
                    """);
            assertThat(page.evaluate("shown()").asText())
                    .as("faces, verdicts on them, boxes")
                    .isEqualTo("2 3 2");

            page.evaluate("state('a', 'ended')");
            assertThat(page.evaluate("shown()").asText())
                    .as("what was found can still be read")
                    .isEqualTo("2 3 1");

            page.evaluate("clip('b')");
            assertThat(page.evaluate("shown()").asText()).isEqualTo("1 3 1");
        }
    }

    @Test
    void shouldListenAgainAfterARefusalAndSayWhenItIsLiveAgain() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        try (RunningService service = RunningService.start(settings(watched));
                Browser page = Browser.open(CHROMIUM.toString(), folder.resolve("profile"))) {
            signIn(page, service);
            page.evaluate(
                    """
                    var made = [];
                    window.EventSource = class {
                      static OPEN = 1;
                      static CLOSED = 2;
                      constructor() { made.push(this); this.readyState = 0; this.heard = {}; }
                      addEventListener(type, heard) { this.heard[type] = heard; }
                      close() { this.readyState = 2; }
                    };
                    listen();
                    made[0].readyState = 2;
                    made[0].onerror();
                    """);
            assertThat(text(page, "link")).startsWith("connection lost");
            await().atMost(30, SECONDS).until(() -> page.is("made.length === 2"));

            page.evaluate("made[1].readyState = 1; made[1].onopen(); tell('a passing trouble')");
            await().atMost(30, SECONDS).until(() -> text(page, "link").equals("live"));

            page.evaluate(
                    """
                    var asked = [];
                    var fetched = fetch;
                    window.fetch = (path, how) => { asked.push(path); return fetched(path, how); };
                    made[1].heard.missed({data: '3'});
                    """);
            assertThat(page.is("asked.includes('api/v1/reviews')"))
                    .as("what was missed is asked for")
                    .isTrue();
            assertThat(page.is("asked.includes('api/v1/sources/folder/verdicts')"))
                    .isTrue();
        }
    }

    private static void signIn(Browser page, RunningService service) {
        page.go(service.uri("/"));
        await().atMost(30, SECONDS).until(() -> page.is("!document.getElementById('sign-in')?.hidden"));
        page.tabTo("#token");
        page.type(service.token());
        page.press("Enter");
        await().atMost(60, SECONDS).until(() -> page.is("document.querySelectorAll('.source').length === 1"));
    }

    /** Slow: it trains. */
    @Test
    @Tag("slow")
    void shouldTurnWhatAPersonSaysIntoATraining() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        for (String clip : List.of("forged-1.mp4", "forged-2.mp4", "authentic-1.mp4", "authentic-2.mp4")) {
            Files.copy(CLIPS.resolve(clip), watched.resolve(clip));
        }
        try (RunningService service = RunningService.start(settings(watched));
                Browser page = Browser.open(CHROMIUM.toString(), folder.resolve("profile"))) {
            page.go(service.uri("/"));
            page.tabTo("#token");
            page.type(service.token());
            page.press("Enter");
            await().atMost(60, SECONDS).until(() -> page.is(waiting(4)));
            page.tabTo("#who");
            page.type("Ada");
            for (int left = 3; left >= 0; left--) {
                String shown = page.evaluate("document.querySelector('.review h3').textContent")
                        .asText();
                page.tabTo("[data-answer=" + (shown.matches(".*p_fake 0\\.[5-9].*") ? "fake" : "authentic") + "]");
                page.press("Enter");
                String fewer = waiting(left);
                await().atMost(30, SECONDS).until(() -> page.is(fewer));
            }
        }
        String labelled = folder.resolve("labelled").toString();
        String model = folder.resolve("model").toString();
        String data = "data-directory=" + folder.resolve("data");
        CommandLineRun export = CommandLineRun.of("labels", "export", labelled, "-D", data);
        assertThat(export.exitCode()).as(export.err()).isZero();
        CommandLineRun train = CommandLineRun.of(
                "train",
                "--data",
                labelled,
                "--from",
                "shipped",
                "--out",
                model,
                "-D",
                "steps=1",
                "-D",
                "warmup-steps=1");
        assertThat(train.exitCode()).as(train.err()).isZero();
        assertThat(Path.of(model, "model.json")).exists();
    }

    /** A threshold that every face exceeds: the page is tried here, and not the model. */
    private Settings settings(Path watched) {
        return TestSettings.threshold(folder.resolve("data"), 0.01)
                .withWeb(WebServerTest.web(Optional.empty()))
                .withSources(List.of(Specs.of("folder", watched.toString())));
    }

    private static String waiting(int reviews) {
        return "document.querySelectorAll('.review').length === " + reviews;
    }

    private static String text(Browser page, String id) {
        return page.evaluate("document.getElementById('" + id + "').textContent")
                .asText();
    }

    /** The shipped model by another version. */
    private void install(RunningService service) throws Exception {
        Path shipped = ModelDirectory.packagedDefault(folder.resolve("shipped")).path();
        Path copy = folder.resolve("second");
        try (Stream<Path> paths = Files.walk(shipped)) {
            for (Path path : paths.sorted().toList()) {
                Files.copy(path, copy.resolve(shipped.relativize(path).toString()));
            }
        }
        TinyModel.version(copy, "other");
        assertThat(service.post("/api/v1/models", "{\"directory\": \"" + copy + "\"}")
                        .statusCode())
                .isEqualTo(201);
    }
}
