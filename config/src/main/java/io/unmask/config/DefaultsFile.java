package io.unmask.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A packaged YAML file: the only place where defaults stand, and, in the comment above each key, the only one that
 * explains them.
 */
record DefaultsFile(String resource, String text) {
    static DefaultsFile of(String resource) {
        try (InputStream in = DefaultsFile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no packaged file " + resource);
            }
            return new DefaultsFile(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalStateException when the file does not hold precisely the keys of the record */
    Map<String, RawValue> values(SettingKeys<?> keys) {
        Map<String, RawValue> values = new LinkedHashMap<>();
        read(keys)
                .forEach((key, value) ->
                        values.put(key, new RawValue(value.form(), value.items(), Origin.here("default"))));
        return values;
    }

    /** The comment right above each key, its lines joined. */
    Map<String, String> explanations(SettingKeys<?> keys) {
        List<String> lines = text.lines().toList();
        Map<String, String> explanations = new LinkedHashMap<>();
        read(keys)
                .forEach((key, value) -> explanations.put(
                        key, commentAbove(lines, value.origin().line().orElseThrow())));
        return explanations;
    }

    private Map<String, RawValue> read(SettingKeys<?> keys) {
        List<Problem> problems = new ArrayList<>();
        Map<String, RawValue> values =
                new YamlReader(keys, resource, Path.of("").toAbsolutePath(), problems).read(text);
        for (SettingKey key : keys.all()) {
            if (key.shape() != SettingKey.Shape.MAP && !values.containsKey(key.name())) {
                problems.add(new Problem(resource, "has no default for " + key.name()));
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalStateException(problems.toString());
        }
        return values;
    }

    /** @param line of the key, from 1 */
    private static String commentAbove(List<String> lines, int line) {
        Deque<String> comment = new ArrayDeque<>();
        for (int i = line - 2; i >= 0 && lines.get(i).strip().startsWith("#"); i--) {
            comment.addFirst(lines.get(i).strip().substring(1).strip());
        }
        return String.join(" ", comment);
    }
}
