package io.unmask.detector.workers;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.unmask.detector.verdict.EventFormatException;
import io.unmask.detector.verdict.EventJson;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.RgbFrame;
import java.io.IOException;
import java.net.URI;
import java.time.ZoneOffset;
import java.util.function.Function;

/** Writes clips and the states of streams as JSON, and reads them. Thread-safe if the given picture encoder is. */
final class ClipCodec {
    static final String TYPE = "io.unmask.clip.v1";
    static final URI SCHEMA = URI.create("urn:unmask:schema:clip-v1");

    private final JsonMapper mapper;

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = IngestEvent.FaceClip.class, name = "face_clip"),
        @JsonSubTypes.Type(value = IngestEvent.FacelessSpan.class, name = "faceless_span"),
        @JsonSubTypes.Type(value = IngestEvent.DamagedSpan.class, name = "damaged_span"),
        @JsonSubTypes.Type(value = IngestEvent.TrackEnded.class, name = "track_ended"),
        @JsonSubTypes.Type(value = IngestEvent.StateChanged.class, name = "state_changed"),
        @JsonSubTypes.Type(value = IngestEvent.ConnectionLost.class, name = "connection_lost"),
        @JsonSubTypes.Type(value = IngestEvent.SourceEnded.class, name = "source_ended")
    })
    private interface Kinds {}

    /** @param jpegs encodes a face's picture; it may return the same array for equal faces */
    ClipCodec(Function<RgbFrame, byte[]> jpegs) {
        mapper = EventJson.builder()
                .addModule(new SimpleModule()
                        .addSerializer(RgbFrame.class, new PictureWriter(jpegs))
                        .addDeserializer(RgbFrame.class, new PictureReader()))
                .addMixIn(IngestEvent.class, Kinds.class)
                .build();
    }

    /** A codec that only reads. */
    static ClipCodec reader() {
        return new ClipCodec(picture -> {
            throw new IllegalStateException("a reader writes no picture");
        });
    }

    CloudEvent event(ClipMessage clip) {
        return CloudEventBuilder.v1()
                .withId(clip.stream().session() + "/" + clip.number())
                .withSource(URI.create("/unmask/stream/" + clip.stream().id()))
                .withType(TYPE)
                .withTime(clip.handedOver().atOffset(ZoneOffset.UTC))
                .withExtension("partitionkey", clip.stream().id())
                .withData("application/json", SCHEMA, bytes(clip))
                .build();
    }

    /** @throws EventFormatException when the event is no clip */
    ClipMessage clip(CloudEvent event) {
        if (!event.getType().equals(TYPE) || event.getData() == null) {
            throw new EventFormatException(
                    "event " + event.getId() + " of type " + event.getType() + " is no clip", null);
        }
        return read(event.getData().toBytes(), ClipMessage.class);
    }

    byte[] bytes(Object value) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a value of unmask's own cannot be written as JSON: " + e.getMessage(), e);
        }
    }

    /** @throws EventFormatException when the JSON is no value of the type */
    <T> T read(byte[] json, Class<T> type) {
        try {
            return mapper.readValue(json, type);
        } catch (IOException | RuntimeException e) {
            throw new EventFormatException("it is no " + type.getSimpleName() + ": " + firstLine(e), e);
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static final class PictureWriter extends StdSerializer<RgbFrame> {
        private static final long serialVersionUID = 1L;

        private final transient Function<RgbFrame, byte[]> jpegs;

        PictureWriter(Function<RgbFrame, byte[]> jpegs) {
            super(RgbFrame.class);
            this.jpegs = jpegs;
        }

        @Override
        public void serialize(RgbFrame picture, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeBinary(jpegs.apply(picture));
        }
    }

    private static final class PictureReader extends StdDeserializer<RgbFrame> {
        private static final long serialVersionUID = 1L;

        PictureReader() {
            super(RgbFrame.class);
        }

        @Override
        public RgbFrame deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return FaceJpeg.decode(in.getBinaryValue());
        }
    }
}
