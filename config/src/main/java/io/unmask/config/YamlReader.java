package io.unmask.config;

import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads one YAML text into dotted keys and collects what is wrong with it. Reads nodes, not objects: they know their
 * lines, no type can be made from them, and a value keeps the spelling of its author.
 */
final class YamlReader {
    private final SettingKeys<?> keys;
    private final String name;
    private final Path folder;
    private final List<Problem> problems;
    private final Map<String, RawValue> values = new LinkedHashMap<>();
    /** By aliases a section can hold itself, or a few lines billions of sections. */
    private final Set<Node> sections = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * @param name of the file, for the user
     * @param folder of the file, absolute
     * @param problems to which those found are added
     */
    YamlReader(SettingKeys<?> keys, String name, Path folder, List<Problem> problems) {
        this.keys = keys;
        this.name = name;
        this.folder = folder;
        this.problems = problems;
    }

    Map<String, RawValue> read(String text) {
        compose(text).ifPresent(root -> {
            if (root instanceof MappingNode mapping) {
                readSection("", mapping);
            } else {
                problems.add(new Problem(name + ":" + line(root), "must hold keys with values, as in 'clip:'"));
            }
        });
        return values;
    }

    private Optional<Node> compose(String text) {
        try {
            return Optional.ofNullable(new Yaml(new LoaderOptions()).compose(new StringReader(text)));
        } catch (MarkedYAMLException e) {
            // Not the whole message: it quotes the line, which may hold a password.
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            problems.add(new Problem(name + ":" + line, "is not YAML: " + e.getProblem()));
        } catch (YAMLException e) {
            problems.add(new Problem(
                    name, "is not YAML: " + e.getMessage().lines().findFirst().orElse("")));
        }
        return Optional.empty();
    }

    private void readSection(String prefix, MappingNode mapping) {
        if (!sections.add(mapping)) {
            problems.add(new Problem(
                    name + ":" + line(mapping), "an alias (*) must not stand for a section; write the section out"));
            return;
        }
        for (NodeTuple entry : mapping.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key) {
                readEntry(prefix + key.getValue(), line(key), entry.getValueNode());
            } else {
                problems.add(new Problem(name + ":" + line(entry.getKeyNode()), "a key must be a plain text"));
            }
        }
    }

    private void readEntry(String key, int line, Node value) {
        Optional<SettingKey> found = keys.find(key);
        boolean inMap =
                found.filter(known -> known.shape() == SettingKey.Shape.MAP).isPresent();
        boolean holdsKeys = keys.isSection(key)
                || found.filter(known -> inMap && known.name().equals(key)).isPresent();
        if (value instanceof MappingNode mapping && (holdsKeys || inMap)) {
            readSection(key + ".", mapping);
        } else if (holdsKeys && !isNull(value)) {
            problems.add(new Problem(at(key, line), "is a section; its keys go below it, indented"));
        } else if (found.isPresent()) {
            readValue(key, line, value);
        } else if (!holdsKeys) {
            problems.add(new Problem(at(key, line), keys.unknown(key)));
        }
    }

    private void readValue(String key, int line, Node value) {
        Origin origin = new Origin(name, OptionalInt.of(line), folder);
        if (value instanceof MappingNode) {
            problems.add(new Problem(at(key, line), "must be a value, not a section"));
        } else if (values.containsKey(key)) {
            problems.add(new Problem(
                    at(key, line),
                    "was given before (" + values.get(key).origin().text() + ")"));
        } else if (value instanceof SequenceNode sequence) {
            Optional<SettingKey> rows = keys.find(key).filter(found -> found.shape() == SettingKey.Shape.ROWS);
            rows.ifPresentOrElse(found -> readRows(found, sequence, origin), () -> readList(key, sequence, origin));
        } else {
            String text = ((ScalarNode) value).getValue();
            values.put(key, isNull(value) ? RawValue.absent(origin) : RawValue.scalar(text, origin));
        }
    }

    /** Each row's values stand under the row's own keys, the list itself under its key. */
    private void readRows(SettingKey key, SequenceNode sequence, Origin origin) {
        List<String> rows = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            if (!(item instanceof MappingNode mapping)) {
                problems.add(new Problem(at(key.name(), line(item)), "each entry is a section, as in '- id: …'"));
                return;
            }
            String prefix = key.rowPrefix(rows.size());
            YamlReader row = new YamlReader(key.row(rows.size()), name, folder, problems);
            row.readSection(prefix, mapping);
            values.putAll(row.values);
            rows.add(prefix);
        }
        values.put(key.name(), RawValue.list(rows, origin));
    }

    private void readList(String key, SequenceNode sequence, Origin origin) {
        List<String> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
            if (item instanceof ScalarNode scalar) {
                items.add(scalar.getValue());
            } else {
                problems.add(new Problem(at(key, line(item)), "a list must hold plain values"));
                return;
            }
        }
        values.put(key, RawValue.list(items, origin));
    }

    private String at(String key, int line) {
        return key + " (" + name + ":" + line + ")";
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
