package io.unmask.samples;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.samples.BuiltClone.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Does what the README tells a reader to do. Renew the output that it shows with {@code mvn -o -q -pl samples -am test
 * -Dtest=ReadmeTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden=write}.
 */
final class ReadmeTest {
    private static final Path README = BuiltClone.REPOSITORY.resolve("README.md");
    private static final Pattern COMMAND = Pattern.compile("`((?:\\./unmask|mvn|\\.ci/run)\\b[^`]*)`");
    private static final Pattern SHELL = Pattern.compile("(?ms)^```sh\n(.*?)^```$");
    private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");
    private static final Pattern OUTPUT =
            Pattern.compile("(?s)(<!-- output -->\n```text\n)(.*?)(```\n<!-- /output -->)");

    private static final String FIRST = "./unmask detect samples/clips/forged-1.mp4";
    private static final String BROKER = "./unmask broker";
    private static final String KAFKA = "kafka.example:9092";
    private static final String SMALL_TRAINING =
            """
             -D steps=150 -D warmup-steps=5 -D evaluate-steps=50 -D frames=1 -D sample-fps=2 -D input-size=128\
             -D batch-clips=8 -D recurrent-units=4 -D learning-rate=0.005 -D average-decay=0.9 -D self-blend-share=0\
            """
                    + " -D encoder-widths=8,8,8,8,8 -D augment-strength=0";

    /** Every command of the README: what is run in its stead where it must end here, and what then happens. */
    private static final List<Trial> TRIALS = List.of(
            run(FIRST, "face 1"),
            // There is no camera here; NetworkTest and BadInputTest of ingest open streams and webcams.
            run(
                            "./unmask detect interview.mp4 uploads/ rtsp://camera.example/door webcam:0",
                            "interview.mp4: (?s:.*)uploads/b.mp4: ")
                    .without(" rtsp://camera.example/door webcam:0"),
            run("./unmask detect --format json interview.mp4", "^\\{\"specversion\":\"1.0\""),
            run("./unmask detect --report report.html interview.mp4", "(?is)face 1.*<!doctype html>")
                    .and(" && head -1 report.html"),
            run("./unmask detect --no-publish --fail-on fake upload.mp4", "fake")
                    .and(" --threshold 0.000001")
                    .exits(4),
            run("./unmask detect --bootstrap-servers kafka.example:9092 uploads/", "face 1"),
            run("./unmask consume --from-beginning --verdict fake", "").and(" --timeout 0.5"),
            run(BROKER, "broker at 127.0.0.1:\\d+, topic unmask.verdicts"),
            run("./unmask doctor", "(?s)ok +model .*ok +broker"),
            run("./unmask config", "(?m)^clip.hop: 8 +# default$"),
            run("./unmask config --reference", "(?m)^\\| `kafka.topic` \\|"),
            run("./unmask train --data videos/ --out my-model", "model custom \\(\\w+\\) is in my-model")
                    .and(SMALL_TRAINING),
            // The small training gives a model of single frames, which serves no clips.
            run("./unmask evaluate --data videos/ --model my-model --out result", "(?s)videos +clean .*threshold 0")
                    .without(" --model my-model"),
            run("./unmask evaluate --data videos/ --split all --ladder --out result", "videos +h264_half_size"),
            run("./unmask train --reference", "(?m)^\\| `learning-rate` \\|"),
            run("./unmask bench --file interview.mp4", "(?m)^decode-480p .* frames/s ")
                    .and(" --only decode-480p --pairs 1"));

    /** Commands that this test is a part of, that take too long for it, or that run for ever: ServeRunTest runs the service. */
    private static final List<String> NOT_RUN = List.of(
            "./unmask serve --config unmask.yaml",
            // It waits for a coordinator and other sites: FederationTest runs whole federations.
            "./unmask federate join --name faces --data videos/",
            "mvn -B verify",
            "mvn -B -P slow verify",
            "mvn -o -q spotless:apply",
            ".ci/run",
            "./unmask bench --all");

    @TempDir
    static Path folder;

    private static String readme;
    private static BuiltClone clone;
    private static Process broker;
    private static Path brokerOut;
    private static final Map<String, Finished> DONE = new HashMap<>();

    /**
     * @param command as the README has it
     * @param line what is run
     * @param shows pattern of what is then on standard output
     */
    private record Trial(String command, String line, int exitCode, String shows) {
        Trial without(String words) {
            assertThat(line).contains(words);
            return new Trial(command, line.replace(words, ""), exitCode, shows);
        }

        Trial and(String words) {
            return new Trial(command, line + words, exitCode, shows);
        }

        Trial exits(int code) {
            return new Trial(command, line, code, shows);
        }
    }

    private static Trial run(String command, String shows) {
        return new Trial(command, command, 0, shows);
    }

    @BeforeAll
    static void clone(@TempDir Path root) throws Exception {
        readme = Files.readString(README);
        clone = BuiltClone.at(root);
        film("authentic-1", "interview.mp4", "videos/real/1.mp4", "videos/real/2.mp4", "videos/real/3.mp4");
        film("authentic-2", "uploads/a.mp4", "videos/real/4.mp4", "videos/real/5.mp4", "videos/real/6.mp4");
        film("forged-1", "upload.mp4", "videos/fake/1.mp4", "videos/fake/2.mp4", "videos/fake/3.mp4");
        film("forged-2", "uploads/b.mp4", "videos/fake/4.mp4", "videos/fake/5.mp4", "videos/fake/6.mp4");
        // First, since it is what the other commands publish to.
        brokerOut = root.resolve("target/broker.out");
        broker = clone.start(BROKER, brokerOut, root.resolve("target/broker.err"));
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> Files.size(brokerOut) > 0 || !broker.isAlive());
    }

    private static void film(String clip, String... places) throws IOException {
        for (String place : places) {
            Path file = clone.root().resolve(place);
            Files.createDirectories(file.getParent());
            Files.copy(BuiltClone.REPOSITORY.resolve("samples/clips/" + clip + ".mp4"), file);
        }
    }

    @AfterAll
    static void stopBroker() throws InterruptedException {
        broker.destroy();
        boolean stopped = broker.waitFor(30, SECONDS);
        broker.destroyForcibly();
        assertThat(stopped).as("a signal stops the broker").isTrue();
    }

    static Stream<String> commands() throws IOException {
        String text = Files.readString(README);
        Stream<String> inBlocks = found(SHELL, text).flatMap(String::lines).filter(line -> !line.startsWith("apt-get"));
        return Stream.concat(inBlocks, found(COMMAND, text)).distinct().filter(command -> !NOT_RUN.contains(command));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void shouldDoWhatTheReadmeSays(String command) throws Exception {
        Trial trial = TRIALS.stream()
                .filter(candidate -> candidate.command().equals(command))
                .findFirst()
                .orElseThrow(() -> new AssertionError("README.md names a command that no test runs: add " + command
                        + " to TRIALS, with what it prints, or to NOT_RUN"));

        assumeTrue(
                !command.contains("--ladder")
                        || System.getenv("CI") != null
                        || Files.isExecutable(Path.of("/usr/bin/ffmpeg")),
                "ffmpeg is not there: apt-get install ffmpeg");
        Finished finished = finished(trial);

        assertThat(finished.exitCode()).as(finished.err() + finished.out()).isEqualTo(trial.exitCode());
        assertThat(finished.out()).containsPattern(trial.shows());
    }

    private static Finished finished(Trial trial) throws IOException, InterruptedException {
        if (trial.command().equals(BROKER)) {
            assertThat(broker.isAlive()).isTrue();
            return new Finished(0, Files.readString(brokerOut), "");
        }
        Finished finished = DONE.get(trial.command());
        if (finished == null) {
            String line = trial.line();
            finished =
                    clone.run(line.contains(KAFKA) ? clone.letIn() + line.replace(KAFKA, clone.brokerAddress()) : line);
            DONE.put(trial.command(), finished);
        }
        return finished;
    }

    @Test
    void shouldTryNothingThatTheReadmeDoesNotSay() throws IOException {
        List<String> told = commands().toList();

        assertThat(TRIALS).extracting(Trial::command).allMatch(told::contains);
        assertThat(NOT_RUN).allMatch(readme::contains);
    }

    @Test
    void shouldShowWhatTheFirstCommandPrints() throws Exception {
        String printed = "$ " + FIRST + "\n" + finished(TRIALS.get(0)).out();
        if ("write".equals(System.getProperty("golden"))) {
            readme = OUTPUT.matcher(readme).replaceFirst(m -> m.group(1) + printed.replace("$", "\\$") + m.group(3));
            Files.writeString(README, readme);
        }

        String shown = OUTPUT.matcher(readme)
                .results()
                .map(match -> match.group(2))
                .findFirst()
                .orElseThrow();
        assertThat(shape(shown)).isEqualTo(shape(printed));
    }

    /** Another machine rounds otherwise, and another model scores otherwise. */
    private static String shape(String output) {
        return output.replaceAll("\\d", "0");
    }

    @Test
    void shouldInstallWhatContinuousIntegrationInstalls() throws IOException {
        String install = found(SHELL, readme)
                .flatMap(String::lines)
                .filter(line -> line.startsWith("apt-get"))
                .findFirst()
                .orElseThrow();

        assertThat(Files.readString(BuiltClone.REPOSITORY.resolve(".ci/run")))
                .contains("'" + install + "'")
                .contains("\nmvn -B verify");
    }

    @Test
    void shouldShowSettingsThatAreValid() throws IOException {
        String yaml = found(YAML, readme).findFirst().orElseThrow();
        String secret = "UNMASK_KAFKA_PROPERTIES_SASL_JAAS_CONFIG";
        assertThat(readme.contains(secret)).as("names " + secret).isTrue();

        Settings settings = SettingsLoader.ofService()
                .load(new SettingsSources(
                        Optional.of(Files.writeString(folder.resolve("unmask.yaml"), yaml)),
                        Map.of(secret, "a login module"),
                        Map.of("user.home", folder.toString()),
                        Map.of()))
                .settings();

        assertThat(settings.kafka().properties()).containsEntry("sasl.jaas.config", "a login module");
        assertThat(yaml).doesNotContain("${");
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult match) -> match.group(1));
    }
}
