package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.TestPorts;
import io.unmask.detector.verdict.EventLine;
import io.unmask.model.score.TinyModel;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a run with faults leaves on the topic, against a run without Kafka: nothing lost, nothing invented; how much came
 * twice is printed, for the table in docs/first-hour.md. Broker and {@code detect} are processes of their own with folders
 * of their own.
 */
@Tag("slow")
final class DeliveryFaultsTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    /** To wait for Kafka takes twice as long. */
    private static final Duration SOON = Duration.ofMinutes(5);

    /** More than are judged while the broker is started three times. */
    private static final int FILES = 60;

    private static final int SHOWN_BEFORE_A_FAULT = 20;

    @TempDir
    Path folder;

    private Path clientFile;
    private final Set<String> ofTheRest = new HashSet<>();
    private Set<String> expected;
    private UnmaskProcess broker;

    @BeforeEach
    void begin() throws Exception {
        Path videos = Files.createDirectory(folder.resolve("videos"));
        for (int i = 0; i < FILES; i++) {
            // Of different content, so that each is a stream's session of its own.
            byte[] bytes = Files.readAllBytes(CLIPS.resolve("authentic-1.mp4"));
            Files.write(videos.resolve(i + ".mp4"), withFreeBox(bytes, i));
        }
        Path model = TinyModel.write(folder.resolve("tiny"));
        Files.writeString(
                folder.resolve("broker.yaml"),
                "data-directory: kafka\nbroker: {port: %d}\n".formatted(TestPorts.free()));
        clientFile = folder.resolve("kafka/broker/client.properties");
        startBroker();
        writeSettings(model, Duration.ofMinutes(10));
        try (UnmaskProcess reference = detect("--no-publish")) {
            expected = new HashSet<>(ids(reference.end()));
        }
    }

    /** @param patience of one who waits for Kafka; longer than any restart takes, unless the broker stays away */
    private void writeSettings(Path model, Duration patience) throws IOException {
        Properties client = client();
        Files.writeString(
                folder.resolve("unmask.yaml"),
                """
                data-directory: data
                clip: {frames: 4, hop: 2, min-frames: 2}
                quality: {min-face-px: 8, min-sharpness: 0, min-brightness: 0, max-brightness: 255, min-frontality: 0}
                model: {directory: "%s"}
                outbox: {drain-timeout-ms: %d}
                kafka:
                  bootstrap-servers: %s
                  connect-timeout-ms: %d
                  properties: {security.protocol: SASL_PLAINTEXT, sasl.mechanism: PLAIN, sasl.jaas.config: '%s'}
                """
                        .formatted(
                                model,
                                patience.toMillis(),
                                client.getProperty("bootstrap.servers"),
                                patience.toMillis(),
                                client.getProperty("sasl.jaas.config")));
    }

    @AfterEach
    void end() {
        broker.close();
    }

    /** What happens to the broker while verdicts are on their way. */
    enum Fault {
        KILLED_ONCE,
        KILLED_THREE_TIMES,
        STOPPED,
        DOWN_AT_THE_START
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeliverEverythingByTheEndOfTheRun(Fault fault) throws Exception {
        if (fault == Fault.DOWN_AT_THE_START) {
            stopBroker("KILL");
        }
        try (UnmaskProcess detect = detect()) {
            switch (fault) {
                case DOWN_AT_THE_START -> {
                    Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve("data/outbox.db")));
                    startBroker();
                }
                case KILLED_THREE_TIMES -> {
                    for (int kill = 1; kill <= 3; kill++) {
                        restartAfter(detect, SHOWN_BEFORE_A_FAULT * kill, "KILL");
                    }
                }
                case KILLED_ONCE -> restartAfter(detect, SHOWN_BEFORE_A_FAULT, "KILL");
                case STOPPED -> restartAfter(detect, SHOWN_BEFORE_A_FAULT, "TERM");
            }
            UnmaskProcess.Ended ended = detect.end();
            assertThat(ended.err()).doesNotContain("\tat ", "internal error", "not subscribed");
            assertThat(ended.exitCode()).as(ended.err()).isZero();
            assertThat(ids(ended)).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(expected);
        }
        assertDelivered(fault.toString());
    }

    @Test
    void shouldDeliverWithTheNextRunWhatABrokerThatIsDownForGoodDidNotTake() throws Exception {
        stopBroker("KILL");
        writeSettings(folder.resolve("tiny"), Duration.ofSeconds(2));
        try (UnmaskProcess detect = detect()) {
            UnmaskProcess.Ended ended = detect.end();
            assertThat(ended.exitCode()).isEqualTo(ExitCode.FAILURE);
            assertThat(ended.err()).contains("Kafka does not answer at ").contains("the next run delivers them");
            assertThat(ids(ended)).containsExactlyInAnyOrderElementsOf(expected);
        }
        startBroker();
        writeSettings(folder.resolve("tiny"), Duration.ofMinutes(10));
        deliverTheRest();
        assertDelivered("DOWN_FOR_GOOD");
    }

    @Test
    void shouldEndSoonWhenItIsStoppedWhileTheBrokerIsGone() throws Exception {
        try (UnmaskProcess detect = detect()) {
            Awaitility.await().atMost(PATIENCE).until(() -> lines(detect) >= SHOWN_BEFORE_A_FAULT);
            stopBroker("KILL");

            long asked = System.nanoTime();
            detect.process().destroy();
            UnmaskProcess.Ended ended = detect.end();

            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(SOON);
            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(ended.err()).contains("the next run delivers them").doesNotContain("\tat ", "internal error");
            startBroker();
            deliverTheRest();
            // What was not looked at when it was stopped is no verdict of this run.
            expected = new HashSet<>(ids(ended));
        }
        assertDelivered("STOPPED_WHILE_THE_BROKER_IS_GONE");
    }

    @Test
    void shouldLoseNothingWhenDetectIsKilledTenTimes() throws Exception {
        for (int kill = 1; kill <= 10; kill++) {
            int shown = SHOWN_BEFORE_A_FAULT * kill;
            try (UnmaskProcess detect = detect()) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> lines(detect) >= shown || !detect.process().isAlive());
                detect.process().destroyForcibly().waitFor();
            }
        }
        try (UnmaskProcess detect = detect()) {
            UnmaskProcess.Ended ended = detect.end();
            assertThat(ended.exitCode()).as(ended.err()).isZero();
            assertThat(ended.err()).doesNotContain("not subscribed");
        }
        assertDelivered("DETECT_KILLED_TEN_TIMES");
    }

    private void restartAfter(UnmaskProcess detect, int shown, String signal) throws Exception {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> lines(detect) >= shown || !detect.process().isAlive());
        detect.requireRunning();
        stopBroker(signal);
        startBroker();
    }

    private void deliverTheRest() throws Exception {
        // Another file: the same ones would publish anew what may have been lost.
        try (UnmaskProcess next = UnmaskProcess.start(
                folder,
                "detect",
                "-c",
                "unmask.yaml",
                "--format",
                "json",
                CLIPS.resolve("no-face.mp4").toString())) {
            UnmaskProcess.Ended ended = next.end();
            assertThat(ended.exitCode()).as(ended.err()).isEqualTo(ExitCode.NOTHING_JUDGED);
            ofTheRest.addAll(ids(ended));
        }
    }

    private void assertDelivered(String fault) throws IOException {
        List<String> delivered = new ArrayList<>();
        TopicPartition topic = new TopicPartition("unmask.verdicts", 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(topic));
            consumer.seekToBeginning(List.of(topic));
            long end = consumer.endOffsets(List.of(topic)).get(topic);
            while (consumer.position(topic) < end) {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(message -> delivered.add(
                                new String(message.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8)));
            }
        }
        Set<String> distinct = new HashSet<>(delivered);
        Set<String> lost = new HashSet<>(expected);
        lost.removeAll(distinct);
        Set<String> invented = new HashSet<>(distinct);
        invented.removeAll(expected);
        invented.removeAll(ofTheRest);
        System.out.printf(
                "FAULT %s: expected %d, on the topic %d, lost %d, doubled %d, invented %d%n",
                fault,
                expected.size(),
                delivered.size(),
                lost.size(),
                delivered.size() - distinct.size(),
                invented.size());
        assertThat(lost).isEmpty();
        assertThat(invented).isEmpty();
    }

    private UnmaskProcess detect(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("detect", "-c", "unmask.yaml", "--format", "json"));
        arguments.addAll(List.of(more));
        arguments.add("videos");
        return UnmaskProcess.start(folder, arguments.toArray(String[]::new));
    }

    private void startBroker() throws IOException {
        broker = UnmaskProcess.start(folder, "broker", "-c", "broker.yaml");
        Awaitility.await().atMost(PATIENCE).until(() -> broker.outSoFar().contains("broker at"));
    }

    private void stopBroker(String signal) throws Exception {
        new ProcessBuilder(
                        "sh", "-c", "kill -" + signal + " " + broker.process().pid())
                .start()
                .waitFor();
        broker.process().waitFor();
    }

    private Properties client() throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(clientFile)) {
            properties.load(reader);
        }
        return properties;
    }

    /** ISO base media files may end with a box of free space, which no reader looks into. */
    private static byte[] withFreeBox(byte[] file, int content) {
        byte[] whole = Arrays.copyOf(file, file.length + 12);
        byte[] box = {0, 0, 0, 12, 'f', 'r', 'e', 'e', 0, 0, 0, (byte) content};
        System.arraycopy(box, 0, whole, file.length, box.length);
        return whole;
    }

    private static long lines(UnmaskProcess process) throws IOException {
        return process.outSoFar().lines().count();
    }

    private static List<String> ids(UnmaskProcess.Ended ended) {
        return ended.out()
                .lines()
                .map(line ->
                        EventLine.parse(line.getBytes(StandardCharsets.UTF_8)).getId())
                .toList();
    }
}
