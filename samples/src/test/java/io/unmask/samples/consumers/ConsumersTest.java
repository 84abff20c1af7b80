package io.unmask.samples.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.CloudEventSerializer;
import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.verdict.Reason;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.ingest.clip.Coverage;
import io.unmask.model.spec.Calibration;
import io.unmask.samples.TestSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both example consumers and kcat read the same events from a real broker: a repetition, a gap, a stranger's record. */
class ConsumersTest {
    private static final String TOPIC = "unmask.verdicts";
    private static final String PYTHON = "/usr/bin/python3";
    private static final String KCAT = "/usr/bin/kcat";

    @TempDir
    static Path home;

    private static BrokerLease broker;

    @BeforeAll
    static void publish() throws Exception {
        Settings settings = TestSettings.in(home);
        broker = Brokers.obtain(settings);
        Map<String, Object> properties = broker.connection();
        try (Admin admin = Admin.create(properties)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
        try (var strangers = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            strangers
                    .send(new ProducerRecord<>(
                            TOPIC, null, "door", new byte[] {1, 2, 3}, List.of(new RecordHeader("trace", new byte[] {
                                (byte) 0xff
                            }))))
                    .get();
        }
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new CloudEventSerializer())) {
            CloudEvent otherLabels = CloudEventBuilder.from(notEvaluable(2))
                    .withType("io.unmask.classification.clip.v1")
                    .build();
            CloudEvent others = CloudEventBuilder.v1()
                    .withId("others")
                    .withType("com.example.order")
                    .withSource(URI.create("example"))
                    .build();
            CloudEvent damaged = CloudEventBuilder.from(fake(5))
                    .withId("damaged")
                    .withData("application/json", new byte[] {'{'})
                    .build();
            CloudEvent judgedAnew = CloudEventBuilder.from(fake(6))
                    .withExtension("sequence", "0")
                    .build();
            for (CloudEvent event :
                    List.of(fake(0), fake(0), notEvaluable(1), otherLabels, others, damaged, fake(4), judgedAnew)) {
                producer.send(new ProducerRecord<>(TOPIC, "door", event)).get();
            }
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldAlertOnceInJava() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        VerdictAlerts alerts = new VerdictAlerts(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try (Consumer<String, byte[]> consumer = VerdictAlerts.connect(file("client.properties"), TOPIC)) {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                alerts.poll(consumer, Duration.ofMillis(200));
                return printed.toString(StandardCharsets.UTF_8).contains("6.0-8.0 s");
            });
        }
        assertTold(printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldAlertOnceInPython() throws Exception {
        assumeTrue(
                System.getenv("CI") != null
                        || (Files.isExecutable(Path.of(PYTHON))
                                && run(PYTHON, "-c", "import confluent_kafka").exitCode() == 0),
                "confluent_kafka is not there: apt-get install python3-confluent-kafka");
        String script = Path.of(System.getProperty("unmask.root"), "samples/consumers/verdict_alerts.py")
                .toString();
        Finished python =
                run(PYTHON, script, "--config", file("librdkafka.conf").toString(), "--exit-at-end");
        assertThat(python.exitCode()).as(python.output()).isZero();
        assertTold(python.output());
        Finished absent = run(
                PYTHON, script, "--config", file("librdkafka.conf").toString(), "--topic", "absent", "--exit-at-end");
        assertThat(absent.exitCode()).as(absent.output()).isZero();
        assertThat(absent.output()).isEmpty();
    }

    /** Key, headers and data as a program meets them that knows Kafka but neither CloudEvents nor unmask. */
    @Test
    void shouldBeReadableByKcat() throws Exception {
        assumeTrue(
                System.getenv("CI") != null || Files.isExecutable(Path.of(KCAT)),
                KCAT + " is not there: apt-get install kcat");
        Finished kcat = run(KCAT, "-q", "-F", file("librdkafka.conf").toString(), "-t", TOPIC, "-C", "-e", "-J");
        assertThat(kcat.exitCode()).as(kcat.output()).isZero();
        JsonNode record = new ObjectMapper()
                .readTree(kcat.output().lines().skip(1).findFirst().orElseThrow());
        JsonNode data = new ObjectMapper().readTree(record.get("payload").asText());
        List<String> headers = new ArrayList<>();
        record.get("headers").forEach(text -> headers.add(text.asText()));

        assertThat(record.get("key").asText()).isEqualTo("door");
        assertThat(headers)
                .containsSequence("ce_id", "door-0")
                .containsSequence("ce_type", "io.unmask.verdict.clip.v1")
                .containsSequence("content-type", "application/json");
        assertThat(data.get("verdict").asText()).isEqualTo("fake");
        assertThat(data.get("p_fake").asDouble()).isBetween(0.95, 0.96);
    }

    private static Path file(String name) {
        return broker.folder().orElseThrow().resolve(name);
    }

    private static void assertTold(String output) {
        assertThat(output.lines().toList())
                .hasSize(9)
                .anySatisfy(line -> assertThat(line).startsWith("SKIPPED offset 0"))
                .anySatisfy(line -> assertThat(line).startsWith("ALERT door no face 0.0-2.0 s: fake, p_fake 0.95"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("door no face 1.0-3.0 s: not evaluable")
                        .contains("no_face"))
                .contains("IGNORED type io.unmask.classification.clip.v1: other labels, or a newer unmask")
                .contains("IGNORED type com.example.order: not of unmask")
                .anySatisfy(line -> assertThat(line).startsWith("SKIPPED offset 6"))
                .contains("GAP door: 4 follows 2")
                .anySatisfy(line -> assertThat(line).startsWith("ALERT door no face 4.0-6.0 s"))
                .anySatisfy(line -> assertThat(line).startsWith("ALERT door no face 6.0-8.0 s"));
    }

    private record Finished(int exitCode, String output) {}

    private static Finished run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Finished(process.exitValue(), output);
    }

    private static CloudEvent fake(long n) {
        double logit = 3;
        return event(
                n,
                Decision.FAKE,
                List.of(),
                Optional.of(new Verdict.Score(
                        Calibration.probability(logit), logit, calibration().interval(logit, 1))));
    }

    private static CloudEvent notEvaluable(long n) {
        return event(n, Decision.NOT_EVALUABLE, List.of(Reason.NO_FACE), Optional.empty());
    }

    private static CloudEvent event(long n, Decision decision, List<Reason> reasons, Optional<Verdict.Score> score) {
        Instant start = Instant.parse("2026-11-21T10:15:30.250Z");
        return VerdictEvent.of(new Verdict(
                "door-" + n,
                Verdict.Kind.CLIP,
                new Verdict.Stream("door", "s1", "rtsp://camera.example/door"),
                n,
                new Verdict.Span(n * 1_000_000, (n + 2) * 1_000_000, start, start.plusSeconds(2), Optional.empty()),
                decision,
                reasons,
                score,
                Optional.empty(),
                new Verdict.Threshold(0.7, Optional.of(0.01)),
                Optional.empty(),
                new Coverage(60, 16, 16, 0, 0, 0),
                new Verdict.Model("tiny", "1", "a".repeat(64), "b".repeat(64), calibration()),
                List.of(),
                Map.of()));
    }

    private static Calibration calibration() {
        return new Calibration(
                "temperature", 1.5, 0, 0.7, 0.01, 0.5, 0.03, 0.12, "c".repeat(64), LocalDate.of(2026, 11, 20));
    }
}
