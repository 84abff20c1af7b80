package io.unmask.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.unmask.config.LoadedSettings.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsLoaderTest {
    private static final SettingsLoader<Settings> LOADER = SettingsLoader.ofService();

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> overrides = new HashMap<>();
    private Optional<Path> file = Optional.empty();

    @Test
    void shouldHoldThePackagedDefaultsWhenNothingIsSet() {
        assertThat(load().settings())
                .isEqualTo(new Settings(
                        folder.resolve("home/.local/share/unmask"),
                        new Settings.Source(8, 0, 20_000, 5, 33_177_600, 200_000, 0, false, 512, false),
                        new Settings.Face(Optional.empty(), 40, 0.7, 0.3, 800),
                        new Settings.Clip(16, 8, 5),
                        new Settings.Quality(48, 8, 30, 230, 0.1),
                        new Settings.Model(Optional.empty(), Optional.empty(), 0, 8, "unmask.shadow-verdicts"),
                        new Settings.Verdict(Optional.empty(), false),
                        new Settings.Outbox(1024, 10_000),
                        new Settings.Kafka(Optional.empty(), "unmask.verdicts", 10_000, Map.of()),
                        new Settings.Broker(9092, 168),
                        List.of(),
                        new Settings.Serve(2_000, 15_000, 10_000, 30_000, 2_000),
                        new Settings.Web("127.0.0.1", 8686, Optional.empty(), 2048, 24, Optional.empty()),
                        new Settings.Workers("all", "unmask.clips", "unmask-score", 12, 0.97, 3, 24),
                        new Settings.Evidence(0)));
    }

    @Test
    void shouldTakeEveryKeyFromTheFile() throws IOException {
        write(
                """
                data-directory: data
                source: {sample-fps: 4.5, decoder-threads: 2, stall-timeout-ms: 3000, reconnect-attempts: 1, max-pixels: 5000, max-pixels-per-byte: 6000, memory-megabytes: 700, allow-private-hosts: true, process-megabytes: 300, rtsp-over-udp: true}
                face:
                  yunet-model: /models/yunet.onnx
                  min-size-px: 30
                  min-score: 0.9
                  track-overlap: 0.5
                  track-gap-ms: 400
                clip: {frames: 32, hop: 4, min-frames: 10}
                quality: {min-face-px: 20, min-sharpness: 1e1, min-brightness: 20, max-brightness: 240, min-frontality: 0}
                model: {directory: ../model, digest: "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", threads: 2, batch-clips: 4, shadow-topic: shadows}
                verdict: {threshold: 0.7, evidence: true}
                outbox: {max-megabytes: 10, drain-timeout-ms: 500}
                kafka:
                  bootstrap-servers: a:9092,b:9093
                  topic: verdicts
                  connect-timeout-ms: 700
                  properties:
                    security.protocol: SASL_SSL
                    ssl: {truststore: {location: trust.jks}}
                broker: {port: 9999, retention-hours: 2}
                sources:
                  - id: door
                    uri: rtsp://camera.example/door
                    username: admin
                    password-file: door.secret
                    settings: {source: {max-pixels: 921600}, clip.hop: 2}
                  - {id: uploads, uri: /srv/uploads, paused: true}
                serve:
                  max-lateness-ms: 1000
                  first-picture-timeout-ms: 5000
                  stall-timeout-ms: 6000
                  longest-pause-ms: 7000
                  watch-interval-ms: 800
                web:
                  host: 0.0.0.0
                  port: 80
                  token-file: token
                  max-upload-megabytes: 10
                  upload-retention-hours: 1
                  webhook-secret-file: /run/secrets/hook
                workers:
                  role: score
                  clips-topic: faces
                  group: judges
                  partitions: 3
                  jpeg-quality: 0.9
                  max-attempts: 2
                  clips-retention-hours: 48
                evidence: {keep-days: 30}
                """);

        assertThat(load().settings())
                .isEqualTo(new Settings(
                        folder.resolve("data"),
                        new Settings.Source(4.5, 2, 3000, 1, 5000, 6000, 700, true, 300, true),
                        new Settings.Face(Optional.of(Path.of("/models/yunet.onnx")), 30, 0.9, 0.5, 400),
                        new Settings.Clip(32, 4, 10),
                        new Settings.Quality(20, 10, 20, 240, 0),
                        new Settings.Model(
                                Optional.of(folder.resolveSibling("model")),
                                Optional.of("0f".repeat(32)),
                                2,
                                4,
                                "shadows"),
                        new Settings.Verdict(Optional.of(0.7), true),
                        new Settings.Outbox(10, 500),
                        new Settings.Kafka(
                                Optional.of("a:9092,b:9093"),
                                "verdicts",
                                700,
                                Map.of("security.protocol", "SASL_SSL", "ssl.truststore.location", "trust.jks")),
                        new Settings.Broker(9999, 2),
                        List.of(
                                new SourceSpec(
                                        "door",
                                        "rtsp://camera.example/door",
                                        Optional.of("admin"),
                                        Optional.empty(),
                                        Optional.of(folder.resolve("door.secret")),
                                        Optional.empty(),
                                        Map.of("source.max-pixels", "921600", "clip.hop", "2")),
                                new SourceSpec(
                                        "uploads",
                                        "/srv/uploads",
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(true),
                                        Map.of())),
                        new Settings.Serve(1000, 5000, 6000, 7000, 800),
                        new Settings.Web(
                                "0.0.0.0",
                                80,
                                Optional.of(folder.resolve("token")),
                                10,
                                1,
                                Optional.of(Path.of("/run/secrets/hook"))),
                        new Settings.Workers("score", "faces", "judges", 3, 0.9, 2, 48),
                        new Settings.Evidence(30)));
    }

    @Test
    void shouldNameEveryProblemOfEverySourceEntry() throws IOException {
        write(
                """
                sources:
                  - {id: A, uri: 'rtsp://u:secret@camera.example/a'}
                  - {id: b, url: x}
                """);

        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "sources[0].id = A (%s:2): must be up to 63 of the characters a-z 0-9 . _ -",
                        "sources[1].url (%s:3): unknown key; did you mean sources[1].uri?",
                        "sources[1].uri (%s:1): has no value; must be a text that is not blank");
    }

    @Test
    void shouldHoldEachSourcesOwnSettingsAgainstTheCommonOnes() throws IOException {
        write(
                """
                sources:
                  - {id: a, uri: a.mp4, settings: {clip.hop: 17, face.min-siz-px: 3}}
                  - {id: a, uri: b.mp4, settings: {web.port: 1, verdict.evidence: true}}
                  - {id: c, uri: 'rtsp://camera.example/', password-env: A, password-file: b}
                """);

        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "face.min-siz-px (source a): unknown key; did you mean face.min-size-px?",
                        "clip.hop = 17 (source a): must not be above clip.frames = 16 (settings)",
                        "source a: there is another source of this id",
                        "source a settings.web.port: cannot differ for one source; only keys of source, face, clip and"
                                + " quality, and verdict.threshold, can",
                        "source a settings.verdict.evidence: cannot differ for one source; only keys of source, face,"
                                + " clip and quality, and verdict.threshold, can",
                        "source c: has both password-env and password-file; keep one");
    }

    @Test
    void shouldOverrideTheCommonSettingsForOneSource() throws IOException {
        write("sources: [{id: a, uri: a.mp4, settings: {clip.hop: 4}}]");
        Settings settings = load().settings();

        Settings own = SourceSpecs.settingsFor(settings, settings.sources().get(0));

        assertThat(own.clip()).isEqualTo(new Settings.Clip(16, 4, 5));
        assertThat(own.face()).isEqualTo(settings.face());
    }

    @Test
    void shouldExpandThePathsOfOneSourceAsThoseOfAll() throws IOException {
        write("sources: [{id: a, uri: a.mp4, settings: {face.yunet-model: '${MODELS}/y.onnx'}}]");
        assertThat(problems())
                .containsExactly("sources[0].settings.face.yunet-model = ${MODELS}/y.onnx (%s:1):"
                        + " the environment variable MODELS is not set");

        environment.put("MODELS", "models");
        Settings settings = load().settings();

        assertThat(SourceSpecs.settingsFor(settings, settings.sources().get(0))
                        .face()
                        .yunetModel())
                .contains(folder.resolve("models/y.onnx"));
    }

    @Test
    void shouldUnsetForOneSourceWhatStandsThereWithoutAValue() throws IOException {
        write(
                """
                verdict: {threshold: 0.9}
                face: {yunet-model: y.onnx}
                sources: [{id: a, uri: a.mp4, settings: {verdict.threshold: , face.yunet-model: }}]
                """);
        Settings settings = load().settings();

        Settings own = SourceSpecs.settingsFor(settings, settings.sources().get(0));

        assertThat(own.verdict().threshold()).isEmpty();
        assertThat(own.face().yunetModel()).isEmpty();
    }

    @Test
    void shouldNotShowTheAddressOfASource() throws IOException {
        write("sources: [{id: a, uri: 'rtsp://u:secret@camera.example/a'}]");

        LoadedSettings<Settings> loaded = load();

        assertThat(loaded.toString()).doesNotContain("secret@");
        assertThat(loaded.entries()).contains(new Entry("sources[0].uri", SettingKey.MASK, file.orElseThrow() + ":1"));
    }

    @Test
    void shouldNameEveryProblemOfEverySourceAtOnce() throws IOException {
        write(
                """
                clip:
                  frames: 0
                  hopp: 4
                source:
                  sample-fps: fast
                face: yes
                verdict:
                  evidence: "yes"
                model:
                  threads: [1, 2]
                  batch-clips:
                kafka:
                  bootstrap-servers: localhost
                """);
        environment.put("UNMASK_BROKER_PROT", "9092");
        environment.put("UNMASK_BROKER_PORT", "70000");
        properties.put("unmask.outbox.max-megabyte", "1");
        overrides.put("kafka.topic", "a b");

        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "clip.frames = 0 (%s:2): must be from 2 to 64",
                        "clip.hopp (%s:3): unknown key; did you mean clip.hop?",
                        "source.sample-fps = fast (%s:5): must be a number from 0.1 to 60",
                        "face (%s:6): is a section; its keys go below it, indented",
                        "verdict.evidence = yes (%s:8): must be true or false",
                        "model.threads = [1, 2] (%s:10): must be a whole number from 0 to 256, not a list",
                        "model.batch-clips (%s:11): has no value; must be a whole number from 1 to 256",
                        "kafka.bootstrap-servers = localhost (%s:13): must be HOST:PORT, several separated by commas",
                        "environment variable UNMASK_BROKER_PROT: unknown variable; did you mean UNMASK_BROKER_PORT?",
                        "broker.port = 70000 (environment variable UNMASK_BROKER_PORT): must be from 1 to 65535",
                        "outbox.max-megabyte (system property unmask.outbox.max-megabyte): unknown key;"
                                + " did you mean outbox.max-megabytes?",
                        "kafka.topic = a b (command line): must be 1 to 249 of the characters a-z A-Z 0-9 . _ -");
    }

    @Test
    void shouldHoldValuesAgainstEachOther() throws IOException {
        write(
                """
                clip: {frames: 4, hop: 5}
                quality:
                  min-brightness: 100
                  max-brightness: 100
                """);

        assertThat(problems())
                .containsExactly(
                        "clip.hop = 5 (%s:1): must not be above clip.frames = 4 (%s:1)",
                        "clip.min-frames = 5 (default): must not be above clip.frames = 4 (%s:1)",
                        "quality.min-brightness = 100 (%s:3): must be below quality.max-brightness = 100 (%s:4)");
    }

    @Test
    void shouldRefuseAKeyThatIsGivenTwice() throws IOException {
        write("clip:\n  frames: 14\n  frames: 15\nclip.frames: 16\n");

        assertThat(problems())
                .containsExactly(
                        "clip.frames (%s:3): was given before (%s:2)", "clip.frames (%s:4): was given before (%s:2)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "`clip:\n  frames: 'x`; `%s:2: is not YAML: found unexpected end of stream`",
                "`a: b: c`; `%s:1: is not YAML: mapping values are not allowed here`",
                "`- clip`; `%s:1: must hold keys with values, as in 'clip:'`",
                "`[a]: 1`; `%s:1: a key must be a plain text`",
                "`clip: {frames: {a: 1}}`; `clip.frames (%s:1): must be a value, not a section`",
                "`kafka: {properties: {a: [1]}}`; `kafka.properties.a (%s:1): must be a text, not a list`",
                "`clip: 1\n---\nclip: 2`; `%s:2: is not YAML: but found another document`",
            })
    void shouldSayWhereTheFileIsNotAsItMustBe(String text, String problem) throws IOException {
        write(text);

        assertThat(problems()).containsExactly(problem);
    }

    @Test
    void shouldNeverQuoteALineThatMayHoldAPassword() throws IOException {
        write("kafka:\n  properties:\n    sasl.jaas.config: 'hunter2\n");

        assertThat(String.join("\n", problems())).doesNotContain("hunter2");
    }

    @Test
    void shouldSayWhatIsWrongWithAFileThatCannotBeRead() throws IOException {
        file = Optional.of(folder.resolve("none.yaml"));
        assertThat(problems()).containsExactly(folder.resolve("none.yaml") + ": no such file");

        file = Optional.of(folder);
        assertThat(problems()).containsExactly(folder + ": is a folder, not a settings file");

        file = Optional.of(Files.write(folder.resolve("latin1.yaml"), "# für".getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(problems()).containsExactly(folder.resolve("latin1.yaml") + ": is not UTF-8 text");
    }

    @Test
    @Timeout(30)
    void shouldRefuseAFileWithoutEnd() throws IOException {
        file = Optional.of(Path.of("/dev/zero"));

        assertThat(problems())
                .containsExactly(
                        "/dev/zero: cannot be read: it is larger than 1048576 bytes, the limit for a settings file");
    }

    static Stream<String> hostileTexts() {
        return Stream.of(
                "[".repeat(100_000),
                "{a: ".repeat(100_000),
                "- ".repeat(100_000),
                "? ".repeat(100_000),
                "\u0000",
                "\u001b[2J: 1",
                "\"\\e[2J\": 1",
                "a: &a [*a]",
                "clip: &a [*a]",
                "clip: *nobody",
                "<<: {clip: {frames: 4}}",
                "!!java.net.URL [http://127.0.0.1:1/]",
                "a: !!javax.script.ScriptEngineManager [!!java.net.URL [http://127.0.0.1:1/]]",
                "%YAML 9.9\n---\nclip: {frames: 4}",
                "clip: {frames: 99999999999999999999}",
                "clip: {frames: .nan}",
                "clip:\n\tframes: 4",
                "@clip: 1",
                "x".repeat(100_000) + ": 1");
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    @Timeout(30)
    void shouldRefuseWhatIsMeantToHarm(String text) throws IOException {
        write(text);

        assertThat(problems()).isNotEmpty().allMatch(problem -> problem.lines().count() == 1);
    }

    @Test
    void shouldLetTheStrongerSourceWin() throws IOException {
        write("clip: {frames: 20, hop: 2, min-frames: 3}\nbroker: {port: 1111}\n");
        environment.put("UNMASK_CLIP_HOP", "4");
        environment.put("UNMASK_CLIP_MIN_FRAMES", "5");
        environment.put("UNMASK_BROKER_PORT", "2222");
        properties.put("unmask.clip.min-frames", "6");
        properties.put("unmask.broker.port", "3333");
        overrides.put("broker.port", "4444");

        LoadedSettings<Settings> loaded = load();

        assertThat(loaded.settings().clip()).isEqualTo(new Settings.Clip(20, 4, 6));
        assertThat(loaded.entries())
                .contains(
                        new Entry("clip.frames", "20", file.orElseThrow() + ":1"),
                        new Entry("clip.hop", "4", "environment variable UNMASK_CLIP_HOP"),
                        new Entry("clip.min-frames", "6", "system property unmask.clip.min-frames"),
                        new Entry("broker.port", "4444", "command line"),
                        new Entry("kafka.bootstrap-servers", "", "default"));
    }

    @Test
    void shouldReadTheFileInTheUsersConfigurationFolder() throws IOException {
        Path own =
                Files.createDirectories(folder.resolve("home/.config/unmask")).resolve("unmask.yaml");
        Files.writeString(own, "broker: {port: 7777}");
        assertThat(load().settings().broker().port()).isEqualTo(7777);

        environment.put("XDG_CONFIG_HOME", folder.resolve("elsewhere").toString());
        assertThat(load().settings().broker().port()).isEqualTo(9092);
    }

    @Test
    void shouldLetAnEmptyTextUnsetAKeyThatMayBeUnset() throws IOException {
        write("kafka: {bootstrap-servers: 'a:1', properties: {acks: all}}");
        environment.put("UNMASK_KAFKA_BOOTSTRAP_SERVERS", "");
        environment.put("UNMASK_KAFKA_PROPERTIES_ACKS", "");

        assertThat(load().settings().kafka())
                .isEqualTo(new Settings.Kafka(Optional.empty(), "unmask.verdicts", 10_000, Map.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka: {properties: &a {b: *a}}",
                "kafka: &a {properties: {kafka: *a}}",
                "kafka: {properties: {a: &a {x: 1, y: 1}, b: &b {x: *a, y: *a}, c: &c {x: *b, y: *b}, d: {x: *c, y: *c}}}"
            })
    @Timeout(10)
    void shouldRefuseASectionThatStandsInSeveralPlaces(String yaml) throws IOException {
        write(yaml);

        assertThatThrownBy(this::load).hasMessageContaining("an alias (*) must not stand for a section");
    }

    @Test
    void shouldTakeAddressesOfBothInternetProtocols() throws IOException {
        String servers = "[::1]:9097,[fe80::1%eth0]:9092,127.0.0.1:9092,kafka.example:9092";
        write("kafka: {bootstrap-servers: '" + servers + "'}");

        assertThat(load().settings().kafka().bootstrapServers()).contains(servers);
    }

    @Test
    void shouldLeaveAloneWhatKubernetesTellsOfServicesOfThisName() {
        environment.putAll(Map.of(
                "UNMASK_SERVICE_HOST", "10.0.0.11",
                "UNMASK_SERVICE_PORT", "8686",
                "UNMASK_SERVICE_PORT_HTTP", "8686",
                "UNMASK_PORT", "tcp://10.0.0.11:8686",
                "UNMASK_PORT_8686_TCP", "tcp://10.0.0.11:8686",
                "UNMASK_PORT_8686_TCP_PROTO", "tcp",
                "UNMASK_PORT_8686_TCP_ADDR", "10.0.0.11",
                "UNMASK_WEB_PORT", "tcp://10.0.0.12:80",
                "UNMASK_WEB_SERVICE_HOST", "10.0.0.12"));

        assertThat(load().settings().web().port()).isEqualTo(8686);
    }

    @Test
    void shouldRefuseAVariableThatSetsASectionAsAWhole() {
        environment.put("UNMASK_KAFKA_PROPERTIES", "acks=all");
        overrides.put("kafka.properties", "acks=all");

        assertThat(problems())
                .containsExactly(
                        "kafka.properties (environment variable UNMASK_KAFKA_PROPERTIES): is a section; set its keys one by"
                                + " one, as in kafka.properties.NAME",
                        "kafka.properties (command line): is a section; set its keys one by one, as in"
                                + " kafka.properties.NAME");
    }

    @Test
    void shouldNeverShowWhatIsPassedThroughToKafka() throws IOException {
        write("kafka: {properties: {ssl.key.password: hunter1}}");
        environment.put("UNMASK_KAFKA_PROPERTIES_SASL_JAAS_CONFIG", "hunter2 $x");

        LoadedSettings<Settings> loaded = load();

        assertThat(loaded.settings().kafka().properties())
                .isEqualTo(Map.of("ssl.key.password", "hunter1", "sasl.jaas.config", "hunter2 $x"));
        assertThat(loaded.toString()).doesNotContain("hunter");
        assertThat(loaded.entries())
                .contains(
                        new Entry("kafka.properties.ssl.key.password", "(secret)", file.orElseThrow() + ":1"),
                        new Entry(
                                "kafka.properties.sasl.jaas.config",
                                "(secret)",
                                "environment variable UNMASK_KAFKA_PROPERTIES_SASL_JAAS_CONFIG"));
    }

    @Test
    void shouldExpandVariablesInPathsAndNowhereElse() throws IOException {
        environment.put("XDG_DATA_HOME", "/data");
        assertThat(load().settings().dataDirectory()).isEqualTo(Path.of("/data/unmask"));

        write("data-directory: ${NOWHERE}/x\nmodel: {directory: ~/m}\nkafka: {properties: {a: '${XDG_DATA_HOME}'}}\n");
        assertThat(problems())
                .containsExactly("data-directory = ${NOWHERE}/x (%s:1): the environment variable NOWHERE is not set");

        environment.put("NOWHERE", "somewhere");
        Settings settings = load().settings();
        assertThat(settings.dataDirectory()).isEqualTo(folder.resolve("somewhere/x"));
        assertThat(settings.model().directory()).contains(folder.resolve("home/m"));
        assertThat(settings.kafka().properties()).containsEntry("a", "${XDG_DATA_HOME}");
    }

    @Test
    void shouldLeaveAloneWhatOnlyLooksLikeASetting() {
        environment.putAll(Map.of("UNMASK_JAVA_OPTS", "-Xmx2g", "UNMASK_TRAIN_SEED", "1", "UNMASK_FORGE_PERSONS", "9"));
        properties.putAll(Map.of("unmask.root", "/", "unmask.train.seed", "1", "unmask.forge.persons", "9"));

        assertThat(load().settings().clip().frames()).isEqualTo(16);
    }

    @Test
    void shouldTakeBackWhatItPacked() throws IOException {
        write(LOADER.defaultsFile());
        Settings fromFile = load().settings();
        file = Optional.empty();

        assertThat(fromFile).isEqualTo(load().settings());
    }

    @Test
    void shouldExplainEveryKeyInTheReferenceTable() {
        List<String> rows = LOADER.referenceTable().lines().skip(2).toList();

        assertThat(rows).hasSize(load().entries().size() + 1); // kafka.properties has no entry while it is empty
        assertThat(rows)
                .allMatch(row -> row.matches("\\| `[a-z0-9.-]+` \\| [^|]+ \\| [^|]+ \\| [^|]* \\| [^|]{10,} \\|"));
        assertThat(rows)
                .contains("| `clip.hop` | whole number | `8` | from 1 to 64, at most clip.frames"
                        + " | Frames from the start of a clip to the start of the next. |");
    }

    @Test
    void shouldFillAnotherRecordByTheSameRules() throws IOException {
        write("encoder-widths: 8 16\nwarmup-steps: 7000\nsteps: 6000\n");
        environment.put("UNMASK_TRAIN_SEED", "9");
        properties.put("unmask.train.beta1", "1");
        overrides.put("learning-rates", "1");

        assertThat(trainingProblems())
                .containsExactly(
                        "learning-rates (command line): unknown key; did you mean learning-rate?",
                        "encoder-widths = 8 16 (%s:1): must be a list of whole numbers from 1 to 4096",
                        "beta1 = 1 (system property unmask.train.beta1): must be from 0 to 0.99999",
                        "warmup-steps = 7000 (%s:2): must not be above steps = 6000 (%s:3)");
    }

    @Test
    void shouldNameEveryHyperParameterThatIsWrong() throws IOException {
        write(
                """
                labels: [cat, dog, cat]
                label-weights: 1.2.3 1
                input-size: 100
                freeze: "^encoder(["
                """);

        assertThat(trainingProblems())
                .containsExactly(
                        "labels = [cat, dog, cat] (%s:1): must not name one twice",
                        "label-weights = 1.2.3 1 (%s:2): must be a list of numbers from 0.001 to 1000000",
                        "input-size = 100 (%s:3): must be a multiple of 32",
                        "freeze = ^encoder([ (%s:4): must be a regular expression: Unclosed character class at its"
                                + " character 10");
    }

    @Test
    void shouldWantOneWeightForEachLabel() throws IOException {
        write("labels: [cat, dog, bird]\n");
        overrides.put("label-weights", "1, 2");

        assertThat(trainingProblems())
                .containsExactly("label-weights = 1, 2 (command line): must have one for each of labels ="
                        + " [cat, dog, bird] (%s:1)");

        overrides.put("label-weights", "1, 2, 0.5");
        TrainSettings settings = TrainSettings.loader()
                .load(new SettingsSources(file, environment, properties, overrides))
                .settings();
        assertThat(settings.labelWeights()).containsExactly(1.0, 2.0, 0.5);
        assertThat(settings.encoderWidths()).as("without a value").isEmpty();
    }

    @Test
    void shouldWantTwoLabelsOrMore() {
        overrides.put("labels", "cat");
        overrides.put("label-weights", "1");

        assertThat(trainingProblems())
                .containsExactly("labels = cat (command line): must be a list of at least 2 texts");
    }

    @Test
    void shouldReadListsFromFileAndEnvironment() throws BadValueException {
        SettingKey key = SettingKey.of("", Lists.class.getRecordComponents()[0]);
        PathExpansion paths = new PathExpansion(Map.of(), folder, folder);
        Origin origin = Origin.here("test");

        assertThat(catchThrowable(() -> key.read(RawValue.list(List.of("1", "99"), origin), paths)))
                .hasMessage("must be from 1 to 9");
        assertThat(catchThrowable(() -> key.read(RawValue.scalar("1,x", origin), paths)))
                .hasMessage("must be a list of whole numbers from 1 to 9");
        assertThat(key.read(RawValue.list(List.of("1", "9"), origin), paths)).isEqualTo(List.of(1, 9));
        assertThat(key.read(RawValue.scalar("2, 3", origin), paths)).isEqualTo(List.of(2, 3));
    }

    @Test
    void shouldReadBackWhatItShows() {
        Map<String, String> given = Map.of("labels", "real,fake", "encoder-widths", "");
        LoadedSettings<TrainSettings> loaded = training(given);
        Map<String, String> shown = new LinkedHashMap<>();
        loaded.entries().forEach(entry -> shown.put(entry.key(), entry.value()));

        assertThat(shown).containsEntry("labels", "[real, fake]").containsEntry("encoder-widths", "[]");
        assertThat(training(shown).settings()).isEqualTo(loaded.settings());
    }

    private LoadedSettings<TrainSettings> training(Map<String, String> values) {
        return TrainSettings.loader()
                .load(new SettingsSources(Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), values));
    }

    private List<String> trainingProblems() {
        SettingsSources sources = new SettingsSources(file, environment, properties, overrides);
        return lines(catchThrowableOfType(
                        SettingsException.class, () -> TrainSettings.loader().load(sources)))
                .stream()
                .map(line ->
                        file.map(path -> line.replace(path.toString(), "%s")).orElse(line))
                .toList();
    }

    private record Lists(@Constraints.Range(min = 1, max = 9) List<Integer> widths) {}

    private void write(String text) throws IOException {
        file = Optional.of(Files.writeString(folder.resolve("my.yaml"), text));
    }

    private LoadedSettings<Settings> load() {
        properties.put("user.home", folder.resolve("home").toString());
        return LOADER.load(new SettingsSources(file, environment, properties, overrides));
    }

    /** One line each, with the file's name as {@code %s}. */
    private List<String> problems() {
        SettingsException thrown = catchThrowableOfType(SettingsException.class, this::load);
        assertThat(thrown).hasMessage(String.join("\n", lines(thrown)));
        return lines(thrown).stream()
                .map(line -> line.replace(folder.resolve("my.yaml").toString(), "%s"))
                .toList();
    }

    private static List<String> lines(SettingsException thrown) {
        return thrown.problems().stream().map(Problem::toString).toList();
    }
}
