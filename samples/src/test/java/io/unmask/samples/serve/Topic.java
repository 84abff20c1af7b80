package io.unmask.samples.serve;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A topic as a program of somebody else reads it. */
record Topic(Properties connection) {

    /** @param data data directory of the process with the broker */
    static Topic of(Path data) throws IOException {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(data.resolve("broker/client.properties"))) {
            properties.load(file);
        }
        return new Topic(properties);
    }

    /** Settings by which another process uses the broker. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        connection
                .stringPropertyNames()
                .forEach(name -> settings.put(
                        name.equals("bootstrap.servers") ? "kafka.bootstrap-servers" : "kafka.properties." + name,
                        connection.getProperty(name)));
        return settings;
    }

    /** All that is committed. */
    List<ConsumerRecord<String, byte[]>> records(String topic) {
        Properties properties = new Properties();
        properties.putAll(connection);
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            if (!consumer.listTopics().containsKey(topic)) {
                return List.of();
            }
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

    Told verdicts() {
        return told("unmask.verdicts");
    }

    Told told(String topic) {
        return new Told(records(topic).stream()
                .map(record ->
                        new Event(KafkaMessageFactory.createReader(record).toEvent(), record.timestamp()))
                .toList());
    }

    /** @param sentMillis wall clock when it left for the topic */
    record Event(CloudEvent event, long sentMillis) {
        String session() {
            return VerdictEvent.isVerdict(event)
                    ? VerdictEvent.key(event) + "/" + verdict().stream().session()
                    : VerdictEvent.key(event) + "/"
                            + VerdictEvent.parseState(event).stream().session();
        }

        Verdict verdict() {
            return VerdictEvent.parse(event);
        }
    }

    /** What the topic tells. */
    record Told(List<Event> events) {

        /** Of the streams whose id begins so. */
        Told of(String stream) {
            return new Told(events.stream()
                    .filter(each -> VerdictEvent.key(each.event()).startsWith(stream))
                    .toList());
        }

        List<Event> distinct() {
            return List.copyOf(events.stream()
                    .collect(Collectors.toMap(each -> each.event().getId(), Function.identity(), (one, same) -> one))
                    .values());
        }

        long repeated() {
            return (long) events.size() - distinct().size();
        }

        /** Numbers that no event of their session has. */
        long missing() {
            return sequences().values().stream()
                    .mapToLong(
                            numbers -> numbers.stream().mapToLong(n -> n).max().orElse(0)
                                    - Set.copyOf(numbers).size())
                    .sum();
        }

        /** Events beside another one with their number. */
        long twice() {
            return sequences().values().stream()
                    .mapToLong(numbers -> numbers.size() - Set.copyOf(numbers).size())
                    .sum();
        }

        private Map<String, List<Long>> sequences() {
            return distinct().stream()
                    .collect(Collectors.groupingBy(
                            Event::session,
                            Collectors.mapping(each -> VerdictEvent.sequence(each.event()), Collectors.toList())));
        }

        List<Verdict> clips() {
            return distinct().stream()
                    .filter(each -> VerdictEvent.isVerdict(each.event()))
                    .map(Event::verdict)
                    .filter(verdict -> verdict.kind() == Verdict.Kind.CLIP)
                    .toList();
        }

        /** Milliseconds from the capture of each clip's end, by the camera's clock, to its verdict's way to the topic. */
        List<Double> fromCapture() {
            return distinct().stream()
                    .filter(each -> VerdictEvent.isVerdict(each.event()))
                    .filter(each -> each.verdict().kind() == Verdict.Kind.CLIP)
                    .filter(each -> each.verdict().score().isPresent())
                    .map(each -> (double)
                            (each.sentMillis() - each.verdict().span().wallEnd().toEpochMilli()))
                    .toList();
        }

        /** Sources whose end is told. */
        long ended() {
            return distinct().stream()
                    .filter(each -> VerdictEvent.isState(each.event()))
                    .filter(each -> VerdictEvent.parseState(each.event()).state() == StreamState.State.ENDED)
                    .count();
        }

        /** Share of the time that lies in a clip with a score. */
        double judgedShare() {
            Map<String, List<Verdict>> sessions = clips().stream()
                    .collect(Collectors.groupingBy(clip -> clip.stream().session()));
            double judged = 0;
            double all = 0;
            for (List<Verdict> session : sessions.values()) {
                long reached = 0;
                for (Verdict clip : session.stream()
                        .sorted(Comparator.comparing(clip -> clip.span().startMicros()))
                        .toList()) {
                    long end = clip.span().endMicros();
                    if (clip.score().isPresent()) {
                        judged +=
                                Math.max(0, end - Math.max(reached, clip.span().startMicros()));
                        reached = Math.max(reached, end);
                    }
                }
                all += session.stream()
                        .mapToLong(clip -> clip.span().endMicros())
                        .max()
                        .orElse(0);
            }
            return judged / all;
        }

        String judged() {
            return clips().stream()
                    .collect(Collectors.groupingBy(Verdict::decision, TreeMap::new, Collectors.counting()))
                    .toString();
        }
    }
}
