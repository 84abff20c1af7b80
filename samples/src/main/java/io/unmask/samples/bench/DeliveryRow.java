package io.unmask.samples.bench;

import io.cloudevents.CloudEvent;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.verdict.EventLine;
import io.unmask.detector.verdict.VerdictEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Verdicts into the outbox and on to Kafka, against Kafka's own producer benchmark, each from a process of its own. */
record DeliveryRow() implements Row {
    private static final int RECORDS = 10_000;
    private static final String PEER_TOPIC = "bench.peer";
    private static final Pattern RATE = Pattern.compile(RECORDS + " records sent, ([0-9.]+) records/sec");

    @Override
    public String name() {
        return "delivery";
    }

    @Override
    public String what() {
        return "verdicts into the outbox and on to Kafka, against Kafka's ProducerPerformance, same size and acks";
    }

    @Override
    public Target mark() {
        return Target.oursAtLeast(5000);
    }

    @Override
    public Optional<Target> aim() {
        return Optional.of(Target.ratio(0.5));
    }

    @Override
    public Footage footage() {
        return Footage.NONE;
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        Path template = template(bench);
        int bytes = recordBytes(EventLine.parse(Files.readAllBytes(template)));
        Map<String, Object> more = new LinkedHashMap<>(Map.of("records", RECORDS, "record_bytes", bytes));
        try (BrokerLease broker = Brokers.obtain(bench.settings(Map.of()))) {
            makeTopic(broker);
            Path clientFile = broker.folder().orElseThrow().resolve("client.properties");
            return Pairs.alternate(
                    bench.pairs(),
                    "verdicts/s",
                    () -> ours(bench, clientFile, template, more),
                    Pairs.Peer.of(() -> peer(bench, clientFile, bytes)),
                    more);
        }
    }

    /** A verdict as it is, of a sample clip. */
    private static Path template(Bench bench) throws IOException, InterruptedException, BenchException {
        Path clip = bench.home().resolve("samples/clips/authentic-1.mp4");
        Detect.Run run = new Detect(bench, List.of(), Map.of()).run(List.of(clip), "--no-publish");
        String verdict = run.process()
                .out()
                .lines()
                .filter(line -> line.contains(VerdictEvent.CLIP_TYPE) && line.contains("\"p_fake\""))
                .findFirst()
                .orElseThrow(() -> new BenchException("no clip of " + clip + " was judged"));
        return Files.writeString(bench.work().resolve("verdict.json"), verdict);
    }

    /** As Kafka gets it: data as value, attributes as headers. */
    private static int recordBytes(CloudEvent event) {
        int bytes = event.getData().toBytes().length;
        for (String name : event.getAttributeNames()) {
            bytes += header(name, event.getAttribute(name));
        }
        for (String name : event.getExtensionNames()) {
            bytes += header(name, event.getExtension(name));
        }
        return bytes;
    }

    private static int header(String name, Object value) {
        return value == null ? 0 : ("ce_" + name + value).getBytes(StandardCharsets.UTF_8).length;
    }

    private static void makeTopic(BrokerLease broker) throws InterruptedException, BenchException {
        try (Admin admin = Admin.create(broker.connection())) {
            admin.createTopics(List.of(new NewTopic(PEER_TOPIC, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new BenchException(
                    "topic " + PEER_TOPIC + " cannot be made: " + e.getCause().getMessage(), e);
        }
    }

    private static double ours(Bench bench, Path clientFile, Path template, Map<String, Object> more)
            throws IOException, InterruptedException, BenchException {
        Path folder = Files.createTempDirectory(bench.work(), "outbox");
        List<String> arguments = List.of(clientFile.toString(), template.toString(), folder.toString(), "" + RECORDS);
        List<String> said = new Child(Child.java(List.of(), OutboxLoad.class.getName(), arguments), bench.work())
                .run()
                .out()
                .lines()
                .toList();
        more.put("into_the_outbox_per_second", RECORDS / Double.parseDouble(said.get(0)));
        return RECORDS / Double.parseDouble(said.get(1));
    }

    private static double peer(Bench bench, Path clientFile, int bytes)
            throws IOException, InterruptedException, BenchException {
        List<String> arguments = List.of(
                "--topic",
                PEER_TOPIC,
                "--num-records",
                "" + RECORDS,
                "--record-size",
                "" + bytes,
                "--throughput",
                "-1",
                "--command-config",
                clientFile.toString(),
                "--command-property",
                "acks=all",
                "enable.idempotence=true");
        List<String> options = List.of("-Duser.language=en");
        String said = new Child(
                        Child.java(options, "org.apache.kafka.tools.ProducerPerformance", arguments), bench.work())
                .run()
                .out();
        Matcher rate = RATE.matcher(said);
        if (!rate.find()) {
            throw new BenchException("ProducerPerformance said no rate: " + said);
        }
        return Double.parseDouble(rate.group(1));
    }
}
