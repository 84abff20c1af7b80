package io.unmask.detector.verdict;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.unmask.ingest.clip.Coverage;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * Verdicts and stream states as CloudEvents 1.0, and back. The data's fields are those of {@code verdict-v1.json}, {@code
 * classification-v1.json} for a model with labels of its own, and {@code stream-state-v1.json}. The extensions are {@code
 * partitionkey} (the stream) and {@code sequence}. Thread-safe.
 */
public final class VerdictEvent {
    public static final String CLIP_TYPE = "io.unmask.verdict.clip.v1";
    public static final String TRACK_TYPE = "io.unmask.verdict.track.v1";
    public static final String CLASSIFIED_CLIP_TYPE = "io.unmask.classification.clip.v1";
    public static final String CLASSIFIED_TRACK_TYPE = "io.unmask.classification.track.v1";
    public static final String STATE_TYPE = "io.unmask.stream.state.v1";

    static final URI VERDICT_SCHEMA = URI.create("urn:unmask:schema:verdict-v1");
    static final URI CLASSIFICATION_SCHEMA = URI.create("urn:unmask:schema:classification-v1");
    static final URI STATE_SCHEMA = URI.create("urn:unmask:schema:stream-state-v1");

    private static final String JSON_TYPE = "application/json";
    private static final String PARTITION_KEY = "partitionkey";
    private static final String SEQUENCE = "sequence";

    private static final JsonMapper MAPPER =
            EventJson.builder().addMixIn(Coverage.class, CoverageFields.class).build();

    /** Events of older releases lack these fields, which are then read as 0. */
    private interface CoverageFields {
        @JsonSetter(nulls = Nulls.AS_EMPTY)
        long tainted();

        @JsonSetter(nulls = Nulls.AS_EMPTY)
        long colourMapped();

        @JsonSetter(nulls = Nulls.AS_EMPTY)
        int gaps();

        @JsonSetter(nulls = Nulls.AS_EMPTY)
        long gapMicros();

        @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Coverage.Omitted> omitted();
    }

    private record StateData(
            Verdict.Stream stream, StreamState.State state, String detail, long timeMicros, Coverage coverage) {}

    private VerdictEvent() {}

    public static CloudEvent of(Verdict verdict) {
        CloudEventBuilder event = event(
                        verdict.id(),
                        verdict.stream(),
                        verdict.sequence(),
                        verdict.span().wallEnd())
                .withType(type(verdict.kind(), verdict.model().detects()));
        if (verdict.model().detects()) {
            event.withData(JSON_TYPE, VERDICT_SCHEMA, bytes(VerdictData.of(verdict)));
        } else {
            event.withData(JSON_TYPE, CLASSIFICATION_SCHEMA, bytes(ClassificationData.of(verdict)));
        }
        verdict.face().ifPresent(face -> event.withSubject("face/" + face.track()));
        return event.build();
    }

    private static String type(Verdict.Kind kind, boolean detector) {
        return kind == Verdict.Kind.CLIP
                ? detector ? CLIP_TYPE : CLASSIFIED_CLIP_TYPE
                : detector ? TRACK_TYPE : CLASSIFIED_TRACK_TYPE;
    }

    public static CloudEvent of(StreamState state) {
        StateData data =
                new StateData(state.stream(), state.state(), state.detail(), state.timeMicros(), state.coverage());
        return event(state.id(), state.stream(), state.sequence(), state.time())
                .withType(STATE_TYPE)
                .withData(JSON_TYPE, STATE_SCHEMA, bytes(data))
                .build();
    }

    /** Whether {@link #parse} can read the event. */
    public static boolean isVerdict(CloudEvent event) {
        return isDetectors(event) || isClassification(event);
    }

    private static boolean isDetectors(CloudEvent event) {
        return event.getType().equals(CLIP_TYPE) || event.getType().equals(TRACK_TYPE);
    }

    private static boolean isClassification(CloudEvent event) {
        return event.getType().equals(CLASSIFIED_CLIP_TYPE) || event.getType().equals(CLASSIFIED_TRACK_TYPE);
    }

    /** Whether {@link #parseState} can read the event. */
    public static boolean isState(CloudEvent event) {
        return event.getType().equals(STATE_TYPE);
    }

    /** @throws EventFormatException when the event is no well-formed verdict */
    public static Verdict parse(CloudEvent event) {
        boolean isClip = event.getType().equals(CLIP_TYPE) || event.getType().equals(CLASSIFIED_CLIP_TYPE);
        Verdict.Kind kind = isClip ? Verdict.Kind.CLIP : Verdict.Kind.TRACK;
        try {
            if (isClassification(event)) {
                return data(event, ClassificationData.class).toVerdict(event.getId(), kind, sequence(event));
            }
            require(isDetectors(event), "its type is " + event.getType());
            return data(event, VerdictData.class).toVerdict(event.getId(), kind, sequence(event));
        } catch (IOException | RuntimeException e) {
            throw new EventFormatException("event " + event.getId() + " is no verdict: " + e.getMessage(), e);
        }
    }

    /** @throws EventFormatException when the event is no well-formed stream state */
    public static StreamState parseState(CloudEvent event) {
        try {
            require(isState(event), "its type is " + event.getType());
            StateData data = data(event, StateData.class);
            return new StreamState(
                    event.getId(),
                    data.stream,
                    sequence(event),
                    data.state,
                    data.detail,
                    data.timeMicros,
                    event.getTime().toInstant(),
                    data.coverage);
        } catch (IOException | RuntimeException e) {
            throw new EventFormatException("event " + event.getId() + " is no stream state: " + e.getMessage(), e);
        }
    }

    /** Whether the event has one of the types of unmask. */
    public static boolean isOurs(CloudEvent event) {
        return isVerdict(event) || isState(event);
    }

    /**
     * Checks an event of one of our types.
     *
     * @throws EventFormatException when the event is not what its type promises
     */
    public static void requireWellFormed(CloudEvent event) {
        // The specification forbids this, but the library lets it pass.
        if (event.getId().isBlank() || event.getSource().toString().isBlank()) {
            throw new EventFormatException("its id or source is empty", null);
        }
        if (isVerdict(event)) {
            parse(event);
        } else {
            parseState(event);
        }
    }

    /** The stream's id: the event's key in Kafka. */
    public static String key(CloudEvent event) {
        return extension(event, PARTITION_KEY);
    }

    /** Number of the event within the stream's session. It rises by one, so that a consumer notices a lost event. */
    public static long sequence(CloudEvent event) {
        return Long.parseLong(extension(event, SEQUENCE));
    }

    private static CloudEventBuilder event(String id, Verdict.Stream stream, long sequence, Instant time) {
        return CloudEventBuilder.v1()
                .withId(id)
                .withSource(source(stream))
                .withTime(time.atOffset(ZoneOffset.UTC))
                .withExtension(PARTITION_KEY, stream.id())
                // By the extension's specification, it is a string that sorts like the numbers.
                .withExtension(SEQUENCE, String.format(Locale.ROOT, "%012d", sequence));
    }

    private static URI source(Verdict.Stream stream) {
        try {
            return URI.create(new URI(null, null, "/unmask/stream/" + stream.id(), null).toASCIIString());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("stream id " + stream.id() + " cannot stand in a URI", e);
        }
    }

    private static String extension(CloudEvent event, String name) {
        Object value = event.getExtension(name);
        require(value != null, "the extension " + name + " is missing");
        return value.toString();
    }

    private static byte[] bytes(Object data) {
        try {
            return MAPPER.writeValueAsBytes(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("values that were built here can be written: " + e.getMessage(), e);
        }
    }

    private static <T> T data(CloudEvent event, Class<T> type) throws IOException {
        require(event.getData() != null, "it has no data");
        return MAPPER.readValue(event.getData().toBytes(), type);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
