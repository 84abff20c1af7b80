package io.unmask.detector.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.publish.VerdictConsumer.Start;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Anybody may write to a topic: what is no event of ours is passed over, and the events around it are read. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
final class HostileRecordsTest {
    private static final byte[] NO_VALUE = null;

    private BrokerLease broker;

    @BeforeAll
    void startBroker(@TempDir Path data) {
        broker = Brokers.obtain(TestSettings.in(data));
    }

    @AfterAll
    void stopBroker() {
        broker.close();
    }

    @Test
    void shouldPassOverEveryRecordThatIsNoEventOfOurs() throws Exception {
        Settings.Kafka kafka = TestSettings.kafka(Optional.empty());
        KafkaClients clients = new KafkaClients(kafka, broker.connection());
        clients.ensureTopic();
        List<ProducerRecord<byte[], byte[]>> hostile = hostile(kafka.topic());
        CloudEvent first = VerdictEvent.of(Verdicts.fake("a", 0));
        CloudEvent last = VerdictEvent.of(Verdicts.fake("a", 1));
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(broker.connection(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(record(kafka.topic(), headers(first), first.getData().toBytes()))
                    .get();
            for (ProducerRecord<byte[], byte[]> record : hostile) {
                producer.send(record).get();
            }
            producer.send(record(kafka.topic(), headers(last), last.getData().toBytes()))
                    .get();
        }

        List<CloudEvent> read = new ArrayList<>();
        try (VerdictConsumer consumer = VerdictConsumer.open(kafka, broker.connection(), Start.BEGINNING)) {
            while (!consumer.isCaughtUp()) {
                read.addAll(consumer.poll(Duration.ofMillis(100)));
            }
        }

        assertThat(read).extracting(CloudEvent::getId).containsExactly(first.getId(), last.getId());
    }

    private static List<ProducerRecord<byte[], byte[]>> hostile(String topic) {
        CloudEvent sound = VerdictEvent.of(Verdicts.fake("b", 0));
        byte[] data = sound.getData().toBytes();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String header : List.of("ce_id", "ce_type", "ce_source", "ce_specversion", "ce_sequence")) {
            records.add(record(topic, without(sound, header), data));
            records.add(record(topic, with(sound, header, null), data));
            records.add(record(topic, with(sound, header, new byte[0]), data));
        }
        for (String header : List.of("ce_type", "ce_source", "ce_specversion", "ce_sequence")) {
            records.add(record(topic, with(sound, header, new byte[] {(byte) 0xff, 0, '\n', 27}), data));
        }
        records.add(record(topic, with(sound, "ce_time", bytes("yesterday")), data));
        for (String value : List.of(
                "", "null", "{", "[]", "\"text\"", "{}", "{\"stream\":null}", "{\"verdict\":\"perhaps\"}", "\u0000")) {
            records.add(record(topic, headers(sound), bytes(value)));
        }
        records.add(record(topic, headers(sound), NO_VALUE));
        records.add(record(topic, headers(sound), bytes("[".repeat(100_000))));
        records.add(record(
                topic,
                headers(sound),
                bytes(new String(data, UTF_8).replaceFirst("\"reasons\":\\[[^\\]]*\\]", "\"reasons\":[null]"))));
        records.add(record(topic, Map.of(), NO_VALUE));
        records.add(record(topic, Map.of(), bytes("plain text")));
        for (String value : List.of("", "garbage", "{}", "[1,2", "{\"specversion\":\"1.0\",\"id\":null}")) {
            records.add(record(topic, structured("application/cloudevents+json"), bytes(value)));
            records.add(record(topic, structured("application/cloudevents+unknown"), bytes(value)));
        }
        records.add(record(topic, structured("application/cloudevents+json"), NO_VALUE));
        assertThat(records).hasSizeGreaterThan(36);
        return records;
    }

    private static Map<String, byte[]> structured(String contentType) {
        return Map.of("content-type", bytes(contentType));
    }

    private static Map<String, byte[]> headers(CloudEvent event) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put("content-type", bytes("application/json"));
        headers.put("ce_specversion", bytes("1.0"));
        event.getAttributeNames().stream()
                .filter(name -> !name.equals("datacontenttype"))
                .forEach(name ->
                        headers.put("ce_" + name, bytes(event.getAttribute(name).toString())));
        event.getExtensionNames()
                .forEach(name ->
                        headers.put("ce_" + name, bytes(event.getExtension(name).toString())));
        return headers;
    }

    private static Map<String, byte[]> with(CloudEvent event, String header, byte[] value) {
        Map<String, byte[]> headers = new HashMap<>(headers(event));
        headers.put(header, value);
        return headers;
    }

    private static Map<String, byte[]> without(CloudEvent event, String header) {
        Map<String, byte[]> headers = new HashMap<>(headers(event));
        headers.remove(header);
        return headers;
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, Map<String, byte[]> headers, byte[] value) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, value);
        headers.forEach((name, text) -> record.headers().add(name, text));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
