package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the schemas against their released copies in {@code released/}. Within a version, old events must stay valid
 * and old consumers must find what they read: optional fields, values of an enumeration and descriptions may be added,
 * everything else needs a version 2. A compatible change is released by copying the schema there.
 */
class SchemaCompatibilityTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> PROSE = Set.of("title", "description");

    @ParameterizedTest
    @ValueSource(strings = {"verdict-v1.json", "classification-v1.json", "stream-state-v1.json"})
    void shouldBeCompatibleWithTheReleasedSchema(String name) throws IOException {
        assertThat(breaches(load("released/" + name), load(name))).isEmpty();
    }

    @Test
    void shouldAllowAnOptionalFieldAReasonAndABetterDescription() throws IOException {
        ObjectNode changed = load("verdict-v1.json");
        properties(changed).putObject("region").put("type", "string");
        ((ArrayNode) properties(changed).get("reasons").get("items").get("enum")).add("masked");
        changed.put("description", "better");
        assertThat(breaches(load("verdict-v1.json"), changed)).isEmpty();
    }

    @Test
    void shouldRefuseARenamedField() throws IOException {
        ObjectNode changed = load("verdict-v1.json");
        properties(changed).set("probability", properties(changed).remove("p_fake"));
        assertThat(breaches(load("verdict-v1.json"), changed)).containsExactly("/properties/p_fake is gone");
    }

    @Test
    void shouldRefuseAnotherType() throws IOException {
        ObjectNode changed = load("verdict-v1.json");
        ((ObjectNode) properties(changed).get("logit")).put("type", "string");
        assertThat(breaches(load("verdict-v1.json"), changed)).containsExactly("/properties/logit/type has changed");
    }

    @Test
    void shouldRefuseARequirementThatIsLostOrNew() throws IOException {
        ObjectNode lost = load("verdict-v1.json");
        ((ArrayNode) lost.get("required")).remove(0);
        assertThat(breaches(load("verdict-v1.json"), lost)).containsExactly("/required has changed");
        ObjectNode added = load("verdict-v1.json");
        ((ArrayNode) added.get("required")).add("face");
        assertThat(breaches(load("verdict-v1.json"), added)).containsExactly("/required has changed");
    }

    @Test
    void shouldRefuseATighterLimit() throws IOException {
        ObjectNode changed = load("verdict-v1.json");
        ((ObjectNode) properties(changed).get("logit")).put("minimum", 0);
        assertThat(breaches(load("verdict-v1.json"), changed)).containsExactly("/properties/logit/minimum is new");
    }

    @Test
    void shouldRefuseALostReason() throws IOException {
        ObjectNode changed = load("verdict-v1.json");
        ((ArrayNode) properties(changed).get("reasons").get("items").get("enum")).remove(0);
        assertThat(breaches(load("verdict-v1.json"), changed))
                .containsExactly("/properties/reasons/items/enum lost values");
    }

    private static List<String> breaches(JsonNode released, JsonNode current) {
        List<String> breaches = new ArrayList<>();
        compare("", "", released, current, breaches);
        return breaches;
    }

    private static void compare(
            String path, String keyword, JsonNode released, JsonNode current, List<String> breaches) {
        if (keyword.equals("enum")) {
            if (!values(current).containsAll(values(released))) {
                breaches.add(path + " lost values");
            }
        } else if (!released.isObject() || !current.isObject()) {
            if (!released.equals(current)) {
                breaches.add(path + " has changed");
            }
        } else {
            compareObjects(path, keyword, released, current, breaches);
        }
    }

    private static void compareObjects(
            String path, String keyword, JsonNode released, JsonNode current, List<String> breaches) {
        // Below these, keys are names; elsewhere they are rules.
        boolean names = keyword.equals("properties") || keyword.equals("$defs");
        released.fieldNames().forEachRemaining(key -> {
            if (!names && PROSE.contains(key)) {
                return;
            }
            if (!current.has(key)) {
                breaches.add(path + "/" + key + " is gone");
            } else {
                compare(path + "/" + key, names ? "" : key, released.get(key), current.get(key), breaches);
            }
        });
        current.fieldNames().forEachRemaining(key -> {
            if (!names && !PROSE.contains(key) && !released.has(key)) {
                breaches.add(path + "/" + key + " is new");
            }
        });
    }

    private static Set<String> values(JsonNode array) {
        Set<String> values = new HashSet<>();
        array.forEach(value -> values.add(value.asText()));
        return values;
    }

    private static ObjectNode properties(ObjectNode schema) {
        return (ObjectNode) schema.get("properties");
    }

    private static ObjectNode load(String name) throws IOException {
        try (InputStream in = VerdictEvent.class.getResourceAsStream(name)) {
            return (ObjectNode) MAPPER.readTree(in);
        }
    }
}
