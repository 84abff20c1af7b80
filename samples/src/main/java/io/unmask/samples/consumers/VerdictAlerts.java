package io.unmask.samples.consumers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.cloudevents.rw.CloudEventRWException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Prints verdicts from Kafka and alerts on fakes: {@code VerdictAlerts CLIENT.PROPERTIES [TOPIC]}. The properties say how to
 * reach Kafka; the embedded broker keeps such a file in its folder.
 */
public final class VerdictAlerts {
    private static final String STATE = "io.unmask.stream.state.v1";
    private static final Set<String> TYPES = Set.of(STATE, "io.unmask.verdict.clip.v1", "io.unmask.verdict.track.v1");
    private static final int REMEMBERED_IDS = 100_000;

    private final ObjectMapper json = new ObjectMapper();
    private final PrintStream out;
    private final Map<String, Long> lastSequence = new HashMap<>();

    /** The newest ids. Delivery is at least once; an event that comes again has the same id, and comes soon. */
    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_IDS;
        }
    };

    VerdictAlerts(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            System.err.println("usage: VerdictAlerts CLIENT.PROPERTIES [TOPIC]");
            System.exit(2);
        }
        String topic = args.length > 1 ? args[1] : "unmask.verdicts";
        VerdictAlerts alerts = new VerdictAlerts(System.out);
        try (Consumer<String, byte[]> consumer = connect(Path.of(args[0]), topic)) {
            while (true) {
                alerts.poll(consumer, Duration.ofSeconds(1));
            }
        }
    }

    static Consumer<String, byte[]> connect(Path clientProperties, String topic) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(clientProperties)) {
            properties.load(reader);
        }
        properties.putAll(Map.of(
                "group.id", "verdict-alerts",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", false,
                "isolation.level", "read_committed"));
        Consumer<String, byte[]> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic));
        return consumer;
    }

    /** Handles the messages that are there and commits afterwards, so that a crash repeats events and loses none. */
    void poll(Consumer<String, byte[]> consumer, Duration timeout) {
        for (ConsumerRecord<String, byte[]> message : consumer.poll(timeout)) {
            try {
                CloudEvent event = KafkaMessageFactory.createReader(message).toEvent();
                if (seen.put(event.getId(), true) == null) {
                    handle(event);
                }
            } catch (CloudEventRWException | IOException e) {
                String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                out.printf("SKIPPED offset %d is no event: %s%n", message.offset(), why);
            }
        }
        consumer.commitSync();
    }

    private void handle(CloudEvent event) throws IOException {
        if (!event.getType().startsWith("io.unmask.")) {
            out.printf("IGNORED type %s: not of unmask%n", event.getType());
            return;
        }
        JsonNode data = json.readTree(event.getData().toBytes());
        JsonNode stream = data.path("stream");
        noteGap(stream, Long.parseLong(event.getExtension("sequence").toString()));
        if (!TYPES.contains(event.getType())) {
            out.printf("IGNORED type %s: other labels, or a newer unmask%n", event.getType());
        } else if (event.getType().equals(STATE)) {
            String state = data.path("state").asText();
            out.printf(
                    "%s %s: %s%n",
                    stream.path("id").asText(), state, data.path("detail").asText());
        } else {
            print(event, stream, data);
        }
    }

    /**
     * The sequence rises by one per stream and session: a number that is missing was never delivered to this topic. When a file
     * is judged anew, by another model, its sequence begins again.
     */
    private void noteGap(JsonNode stream, long sequence) {
        String session =
                stream.path("id").asText() + " " + stream.path("session").asText();
        Long last = lastSequence.put(session, sequence);
        if (last != null && sequence > last + 1) {
            out.printf("GAP %s: %d follows %d%n", stream.path("id").asText(), sequence, last);
        }
    }

    private void print(CloudEvent event, JsonNode stream, JsonNode data) {
        String verdict = data.path("verdict").asText();
        String what = "%s %s %.1f-%.1f s"
                .formatted(
                        stream.path("id").asText(),
                        event.getSubject() == null ? "no face" : event.getSubject(),
                        data.at("/clip/start_micros").asLong() / 1e6,
                        data.at("/clip/end_micros").asLong() / 1e6);
        if (verdict.equals("not_evaluable")) {
            // No p_fake: nothing was judged, which says neither real nor fake.
            out.printf("%s: not evaluable, %s%n", what, data.path("reasons"));
            return;
        }
        String alert = verdict.equals("fake") ? "ALERT " : "";
        out.printf(
                "%s%s: %s, p_fake %.2f%n",
                alert, what, verdict, data.path("p_fake").asDouble());
    }
}
