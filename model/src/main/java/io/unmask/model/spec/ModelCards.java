package io.unmask.model.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Reads and writes {@code model.json}: snake case, maps sorted by key, so that one card is always the same bytes. */
public final class ModelCards {
    private static final int FORMAT = 1;
    private static final String OUT_OF_DISTRIBUTION = "out_of_distribution";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ModelCards() {}

    /** Writes a card to {@code model.json} in a model directory, replacing what is there. */
    public static void write(Path directory, ModelCard card) throws IOException {
        ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
        root.setAll(JSON.<ObjectNode>valueToTree(card));
        Files.writeString(
                directory.resolve(ModelCard.FILE),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + '\n');
    }

    /**
     * Reads the card of a model directory.
     *
     * @throws IllegalArgumentException if it is malformed; the message is one line and says where
     */
    public static ModelCard read(Path directory) throws IOException {
        Path file = directory.resolve(ModelCard.FILE);
        return parse(Files.readString(file), file.toString());
    }

    /**
     * Parses a card.
     *
     * @param where names the text in messages
     * @throws IllegalArgumentException as {@link #read} does
     */
    public static ModelCard parse(String text, String where) {
        try {
            JsonNode root = JSON.readTree(text);
            if (!(root instanceof ObjectNode card)) {
                throw new IllegalArgumentException(where + ": must be a JSON object");
            }
            JsonNode format = card.remove("format");
            if (format == null || !format.isInt() || format.intValue() != FORMAT) {
                throw new IllegalArgumentException(where + ": format = " + format + ", this unmask reads " + FORMAT
                        + ": use the version of unmask that made the model");
            }
            if (!card.has(OUT_OF_DISTRIBUTION)) {
                card.putNull(OUT_OF_DISTRIBUTION); // older cards do not have it
            }
            return JSON.treeToValue(card, ModelCard.class);
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(where + ": " + path(e) + ": " + reason(e), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(where + at(e) + ": " + reason(e), e);
        }
    }

    private static String at(JsonProcessingException e) {
        var at = e.getLocation();
        return at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
    }

    private static String path(JsonMappingException e) {
        return e.getPath().stream()
                .map(step -> step.getFieldName() == null ? String.valueOf(step.getIndex()) : step.getFieldName())
                .collect(Collectors.joining("."));
    }

    /** The first clause of Jackson's message; what follows speaks of classes and features. */
    private static String reason(JsonProcessingException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "unknown key, known are " + unknown.getKnownPropertyIds();
        }
        if (e instanceof ValueInstantiationException refused
                && refused.getCause() instanceof IllegalArgumentException) {
            return refused.getCause().getMessage();
        }
        return e.getOriginalMessage().lines().findFirst().orElse("malformed").split(" \\(index|; ", 2)[0];
    }
}
