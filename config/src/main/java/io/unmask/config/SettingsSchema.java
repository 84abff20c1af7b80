package io.unmask.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unmask.config.Constraints.Distinct;
import io.unmask.config.Constraints.Matches;
import io.unmask.config.Constraints.MultipleOf;
import io.unmask.config.Constraints.OneOf;
import io.unmask.config.Constraints.Range;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Writes the JSON Schema of a settings file from the definitions that the loader reads by. */
record SettingsSchema(SettingKeys<?> keys, DefaultsFile defaults) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    String toJson() {
        ObjectNode root = closedObject(MAPPER.createObjectNode()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("title", defaults.resource()));
        Map<String, String> explanations = defaults.explanations(keys);
        for (SettingKey key : keys.all()) {
            String[] path = key.name().split("\\.");
            ObjectNode section = root;
            for (String name : List.of(path).subList(0, path.length - 1)) {
                section = section(section, name);
            }
            section.withObjectProperty("properties").set(path[path.length - 1], describe(key, explanations));
        }
        return print(root);
    }

    private static ObjectNode row(SettingKeys<?> keys) {
        ObjectNode row = closedObject(MAPPER.createObjectNode());
        for (SettingKey key : keys.all()) {
            row.withObjectProperty("properties").set(key.name(), describe(key, Map.of()));
            if (key.shape() == SettingKey.Shape.ONE) {
                row.withArrayProperty("required").add(key.name());
            }
        }
        return row;
    }

    private static ObjectNode section(ObjectNode parent, String name) {
        ObjectNode properties = parent.withObjectProperty("properties");
        if (!properties.has(name)) {
            ObjectNode section = MAPPER.createObjectNode();
            section.putArray("type").add("object").add("null");
            properties.set(name, section.put("additionalProperties", false));
        }
        return (ObjectNode) properties.get(name);
    }

    private static ObjectNode closedObject(ObjectNode node) {
        return node.put("type", "object").put("additionalProperties", false);
    }

    private static ObjectNode describe(SettingKey key, Map<String, String> explanations) {
        ObjectNode node = MAPPER.createObjectNode();
        if (explanations.containsKey(key.name())) {
            node.put("description", explanations.get(key.name()));
        }
        String type = key.type().jsonType();
        switch (key.shape()) {
            case ONE -> constrain(node.put("type", type), key);
            case OPTIONAL -> {
                node.putArray("type").add(type).add("null");
                constrain(node, key);
            }
            case LIST -> {
                if (key.minItems() > 0) {
                    node.put("type", "array").put("minItems", key.minItems());
                } else {
                    node.putArray("type").add("array").add("null");
                }
                key.constraint(Distinct.class).ifPresent(distinct -> node.put("uniqueItems", true));
                constrain(node.putObject("items").put("type", type), key);
            }
            case ROWS -> {
                node.putArray("type").add("array").add("null");
                node.set("items", row(key.row()));
            }
            case MAP -> {
                node.putArray("type").add("object").add("null");
                // Whoever writes `port: 1` there means the text 1.
                node.putObject("additionalProperties")
                        .putArray("type")
                        .add("string")
                        .add("number")
                        .add("boolean")
                        .add("null");
            }
        }
        return node;
    }

    private static void constrain(ObjectNode node, SettingKey key) {
        key.constraint(Range.class).ifPresent(range -> {
            bound(node, "minimum", range.min());
            bound(node, "maximum", range.max());
        });
        key.constraint(MultipleOf.class).ifPresent(multiple -> node.put("multipleOf", multiple.value()));
        key.constraint(OneOf.class).ifPresent(choices -> {
            for (String choice : choices.value()) {
                node.withArrayProperty("enum").add(choice);
            }
        });
        key.constraint(Matches.class).ifPresent(matches -> node.put("pattern", "^" + matches.pattern() + "$"));
    }

    private static void bound(ObjectNode node, String name, double bound) {
        if (Double.isFinite(bound)) {
            node.put(name, new BigDecimal(SettingKey.plain(bound)));
        }
    }

    private static String print(ObjectNode root) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        try {
            return MAPPER.writer(printer).writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
