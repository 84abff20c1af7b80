package io.unmask.detector.verdict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.util.Arrays;

/** A CloudEvent as one line of JSON (CloudEvents' structured mode). Thread-safe. */
public final class EventLine {
    private static final String SPEC_VERSION = "specversion";
    private static final String DATA = "data";

    private static final JsonFormat FORMAT = new JsonFormat();
    private static final JsonFactory JSON = new JsonFactory();

    private EventLine() {}

    /** The line, in UTF-8. */
    public static byte[] of(CloudEvent event) {
        return FORMAT.serialize(event);
    }

    /**
     * Reads what {@link #of} wrote. The data is kept byte by byte.
     *
     * @throws EventFormatException when the line is not such an event
     */
    public static CloudEvent parse(byte[] line) {
        try (JsonParser in = JSON.createParser(line)) {
            require(in.nextToken() == JsonToken.START_OBJECT, "it is no object");
            CloudEventBuilder event = CloudEventBuilder.v1();
            for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                in.nextToken();
                if (name.equals(DATA)) {
                    event.withData(value(line, in));
                } else if (name.equals(SPEC_VERSION)) {
                    require(in.getText().equals(SpecVersion.V1.toString()), "its version is " + in.getText());
                } else {
                    event.withContextAttribute(name, in.getText());
                }
            }
            return event.build();
        } catch (IOException | RuntimeException e) {
            throw new EventFormatException("a line of JSON is no event of ours: " + e.getMessage(), e);
        }
    }

    /** The bytes of the value at the parser's position, unchanged. */
    private static byte[] value(byte[] line, JsonParser in) throws IOException {
        long from = in.currentTokenLocation().getByteOffset();
        in.skipChildren();
        return Arrays.copyOfRange(
                line,
                Math.toIntExact(from),
                Math.toIntExact(in.currentLocation().getByteOffset()));
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
