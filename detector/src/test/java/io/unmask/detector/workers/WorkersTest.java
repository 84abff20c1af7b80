package io.unmask.detector.workers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.pipeline.Outlets;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.run.ModelShelf;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.run.SourceJobs;
import io.unmask.detector.serve.ServeRun;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.model.score.TinyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share the work over a real broker. */
@Timeout(value = 300, unit = SECONDS)
final class WorkersTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");
    private static final String GROUP = "unmask-score";
    private static final int STREAMS = 10;

    @TempDir
    Path folder;

    private final List<Process> workers = new ArrayList<>();
    private final List<ServeRun> runs = new ArrayList<>();
    private final List<MeterRegistry> meters = new ArrayList<>();
    private final List<CompletableFuture<Boolean>> results = new ArrayList<>();
    private BrokerLease broker;
    private Path model;

    @BeforeEach
    void start() throws Exception {
        model = TinyModel.write(folder.resolve("tiny"));
        broker = Brokers.obtain(TestSettings.in(folder.resolve("broker")));
    }

    @AfterEach
    void end() {
        runs.forEach(ServeRun::stop);
        workers.forEach(Process::destroyForcibly);
        results.forEach(CompletableFuture::join);
        broker.close();
    }

    @Test
    void shouldReachOneVerdictOnEachClipThoughAWorkerIsKilledInTheMiddle() throws Exception {
        for (int i = 0; i < 3; i++) {
            workers.add(WorkerProcess.start(settings("worker-" + i), folder.resolve("worker-" + i + ".log")));
        }
        await().atMost(90, SECONDS)
                .until(() -> members().size() == 3 && members().stream().allMatch(owned -> owned > 0));
        Path watched = Files.createDirectory(folder.resolve("watched"));
        film(watched, 0, STREAMS / 2);
        ingest(watched);

        await().atMost(120, SECONDS).until(() -> verdicts().size() > STREAMS);
        // A machine that has judged them all by now still has these before it when the worker dies.
        film(watched, STREAMS / 2, STREAMS);
        workers.get(0).destroyForcibly().waitFor();
        int atTheKill = verdicts().size();
        await().atMost(180, SECONDS).until(() -> ended(verdicts()) == STREAMS);

        List<CloudEvent> events = verdicts();
        assertThat(atTheKill).as("the worker was killed in the middle").isLessThan(events.size());
        assertThat(events).extracting(CloudEvent::getId).doesNotHaveDuplicates();
        assertThat(events.stream().collect(Collectors.groupingBy(VerdictEvent::key)))
                .hasSize(STREAMS)
                .allSatisfy((stream, ofIt) -> assertThat(ofIt)
                        .extracting(VerdictEvent::sequence)
                        .as(stream)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, ofIt.size()).boxed().toList()));
        assertTheSame(judged(events), judgedByOneProcess(watched));
        assertThat(records("unmask.clips.dlq")).isEmpty();
    }

    @Test
    void shouldSetAsideAClipThatFailsAgainAndAgainAndJudgeTheOthers() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        Files.copy(CLIPS.resolve("authentic-1.mp4"), watched.resolve("a.mp4"));
        ingest(watched);
        await().atMost(60, SECONDS).until(() -> exists("unmask.clips"));
        try (var producer =
                new KafkaProducer<>(broker.connection(), new StringSerializer(), new ByteArraySerializer())) {
            for (int partition = 0; partition < 6; partition++) {
                byte[] hostile = "{\"stream\": 1}".getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>("unmask.clips", partition, "hostile", hostile))
                        .get();
                // The state of a stream, as another version of unmask may have written it.
                byte[] old = "{\"frames\": []}".getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>("unmask.clips.state", partition, "old/session", old))
                        .get();
            }
        }

        serve(WorkerProcess.settings(settings("worker")));

        await().atMost(120, SECONDS).until(() -> ended(verdicts()) == 1);
        await().atMost(60, SECONDS).until(() -> records("unmask.clips.dlq").size() == 6);
        assertThat(records("unmask.clips.dlq")).allSatisfy(letter -> {
            assertThat(letter.value()).isEqualTo("{\"stream\": 1}".getBytes(StandardCharsets.UTF_8));
            assertThat(header(letter, "unmask_attempts")).isEqualTo("3");
            assertThat(header(letter, "unmask_reason")).contains("is no event");
            assertThat(header(letter, "unmask_origin")).contains("unmask.clips-");
        });
        assertTheSame(judged(verdicts()), judgedByOneProcess(watched));
    }

    @Test
    void shouldJudgeByAModelThatIsPromotedWhileItWorks() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        Files.copy(CLIPS.resolve("authentic-1.mp4"), watched.resolve("a.mp4"));
        ingest(watched);
        Settings scoring = WorkerProcess.settings(settings("worker"));
        serve(scoring);
        await().atMost(120, SECONDS).until(() -> ended(verdicts()) == 1);

        ModelShelf shelf = new ModelShelf(scoring.dataDirectory());
        shelf.install(TinyModel.version(TinyModel.write(folder.resolve("second")), "2"), scoring);
        shelf.promote(Optional.empty(), scoring);
        // Files come until one is judged by it: what was on its way before may be the first model's.
        int files = 1;
        while (versions().size() == 1 && files < 20) {
            files++;
            Files.copy(CLIPS.resolve("forged-1.mp4"), watched.resolve(files + ".mp4"));
            int wanted = files;
            await().atMost(120, SECONDS).until(() -> ended(verdicts()) == wanted);
        }

        assertThat(versions()).containsExactlyInAnyOrder("1", "2");
        assertThat(meters.stream()
                        .flatMap(registry -> registry.getMeters().stream())
                        .map(meter -> meter.getId().getTag("source"))
                        .filter(Objects::nonNull))
                .as("series of the folder and of all that the worker judged: there are no others for each file")
                .containsOnly("uploads", "handed-over");
        assertThat(verdicts()).extracting(CloudEvent::getId).doesNotHaveDuplicates();
        assertThat(records("unmask.clips.dlq")).isEmpty();
    }

    private Set<String> versions() throws Exception {
        return verdicts().stream()
                .filter(VerdictEvent::isVerdict)
                .map(event -> VerdictEvent.parse(event).model().version())
                .collect(Collectors.toSet());
    }

    /** What a clip that makes native code crash does: whoever judges it dies of it, in the middle and without a word. */
    @Test
    @Tag("slow")
    void shouldSetAsideAClipThatKillsWhoeverJudgesIt() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        Files.copy(CLIPS.resolve("authentic-1.mp4"), watched.resolve("deadly.mp4"));
        for (int i = 0; i < 3; i++) {
            Files.copy(CLIPS.resolve("forged-1.mp4"), watched.resolve(i + ".mp4"));
        }
        ingest(watched);
        int deaths = 0;
        while (ended(verdicts()) < 4 && deaths < 12) {
            Process worker =
                    WorkerProcess.start(DyingWorker.class, settings("worker"), folder.resolve(deaths + ".log"));
            workers.add(worker);
            await().atMost(120, SECONDS).until(() -> !worker.isAlive() || ended(verdicts()) == 4);
            deaths += worker.isAlive() ? 0 : 1;
        }
        System.out.println("deaths of one clip: " + deaths);

        assertThat(records("unmask.clips.dlq")).singleElement().satisfies(letter -> {
            assertThat(header(letter, "unmask_attempts")).isEqualTo("3");
            assertThat(header(letter, "unmask_reason")).contains("died");
        });
        List<CloudEvent> events = verdicts();
        assertThat(events).extracting(CloudEvent::getId).doesNotHaveDuplicates();
        assertThat(events.stream().collect(Collectors.groupingBy(VerdictEvent::key)))
                .hasSize(4)
                .allSatisfy((stream, ofIt) -> assertThat(ofIt)
                        .extracting(VerdictEvent::sequence)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, ofIt.size()).boxed().toList()));
        assertThat(deaths)
                .as("three in its name, and those before it was known which clip it is")
                .isBetween(3, 6);
        Map<String, Essence> whole = judgedByOneProcess(watched);
        assertThat(whole).hasSize(events.size() + 1);
    }

    /** Puts clips from one number up to another into a folder. */
    private static void film(Path folder, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            String name = i % 2 == 0 ? "authentic-1.mp4" : "forged-1.mp4";
            Files.copy(CLIPS.resolve(name), folder.resolve(i + "-" + name));
        }
    }

    private Map<String, String> settings(String name) {
        return WorkerProcess.settings(folder.resolve(name), model, broker.connection());
    }

    private void ingest(Path watched) {
        Map<String, String> settings = settings("ingest");
        settings.put("workers.role", "ingest");
        serve(WorkerProcess.settings(settings).withSources(List.of(source(watched))));
    }

    private static io.unmask.config.SourceSpec source(Path watched) {
        return new io.unmask.config.SourceSpec(
                "uploads",
                watched.toString(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of());
    }

    private void serve(Settings settings) {
        ServeRun.Request request = WorkerProcess.request(settings);
        meters.add(request.meters());
        ServeRun run = new ServeRun(request, new WorkerProcess.Silent());
        runs.add(run);
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        results.add(result);
        new Thread(() -> {
                    try {
                        result.complete(run.run());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
    }

    /** Partitions of each member of the group. */
    private List<Integer> members() throws Exception {
        try (Admin admin = admin()) {
            ConsumerGroupDescription group =
                    admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP);
            return group.members().stream()
                    .map(member -> member.assignment().topicPartitions().size())
                    .toList();
        } catch (java.util.concurrent.ExecutionException e) {
            // It is not there before its first member.
            return List.of();
        }
    }

    private boolean exists(String topic) throws Exception {
        try (Admin admin = admin()) {
            return admin.listTopics().names().get().contains(topic);
        }
    }

    private Admin admin() {
        return Admin.create(broker.connection());
    }

    private List<CloudEvent> verdicts() throws Exception {
        return records("unmask.verdicts").stream()
                .map(message -> KafkaMessageFactory.createReader(message).toEvent())
                .toList();
    }

    private static long ended(List<CloudEvent> events) {
        return events.stream()
                .filter(VerdictEvent::isState)
                .map(VerdictEvent::parseState)
                .filter(state -> state.state() == StreamState.State.ENDED)
                .count();
    }

    /** All that a reader of committed records sees. */
    private List<ConsumerRecord<String, byte[]>> records(String topic) throws Exception {
        if (!exists(topic)) {
            return List.of();
        }
        try (Admin admin = admin();
                var consumer = new KafkaConsumer<>(reading(), new StringDeserializer(), new ByteArrayDeserializer())) {
            Set<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .collect(Collectors.toSet());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    private Map<String, Object> reading() {
        Map<String, Object> properties = new HashMap<>(broker.connection());
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", false);
        return properties;
    }

    /**
     * What of a verdict must not depend on who judged.
     *
     * @param pFake differs a little by the pictures on the topic
     */
    private record Essence(String what, double pFake) {}

    private static void assertTheSame(Map<String, Essence> some, Map<String, Essence> others) {
        assertThat(some)
                .usingRecursiveComparison()
                .withEqualsForType((Double a, Double b) -> Math.abs(a - b) <= 0.05, Double.class)
                .isEqualTo(others);
    }

    /** Verdicts and states by id. */
    private static Map<String, Essence> judged(List<CloudEvent> events) {
        return events.stream()
                .collect(Collectors.toMap(
                        CloudEvent::getId,
                        event -> VerdictEvent.isVerdict(event)
                                ? essence(VerdictEvent.parse(event))
                                : new Essence("state", 0)));
    }

    private static Essence essence(Verdict verdict) {
        return new Essence(
                "%s %s %s %d %s"
                        .formatted(
                                verdict.stream().id(),
                                verdict.kind(),
                                verdict.decision(),
                                verdict.face().map(Verdict.Face::framesScored).orElse(0),
                                verdict.reasons()),
                verdict.score().map(Verdict.Score::pFake).orElse(0.0));
    }

    private Map<String, Essence> judgedByOneProcess(Path watched) throws Exception {
        Settings settings = WorkerProcess.settings(settings("alone"));
        ServingModel serving = ServingModel.open(settings, Clock.systemUTC());
        Map<String, Essence> judged = new HashMap<>();
        Pipeline pipeline = new Pipeline(
                serving.rules(),
                new Outlets(
                        outcomes -> outcomes.forEach(outcome -> judged.putAll(judged(List.of(event(outcome))))),
                        (job, position, duration) -> {},
                        FaceWitness.NONE,
                        new SimpleMeterRegistry()),
                new Pipeline.Limits(2, 8, Duration.ofMinutes(1)));
        SourceJobs jobs = new SourceJobs(settings, serving.crop(), 1, Clock.systemUTC());
        try (Stream<Path> files = Files.list(watched)) {
            pipeline.run(
                    files.map(file -> jobs.job(new SourceUri(SourceUri.Kind.FILE, file.toString())))
                            .toList(),
                    serving::load);
        }
        return judged;
    }

    private static CloudEvent event(Outcome outcome) {
        return outcome instanceof Outcome.Judged verdict
                ? VerdictEvent.of(verdict.verdict())
                : VerdictEvent.of(((Outcome.Changed) outcome).state());
    }

    private static String header(ConsumerRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
