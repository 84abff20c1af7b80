package io.unmask.config;

import java.util.Map;
import java.util.stream.Collectors;

/** Prints the table of all keys from the definitions that the loader reads by. */
record SettingsReference(SettingKeys<?> keys, DefaultsFile defaults) {
    String toMarkdown() {
        Map<String, RawValue> values = defaults.values(keys);
        Map<String, String> explanations = defaults.explanations(keys);
        return keys.all().stream()
                .map(key -> row(key, values.get(key.name()), explanations.get(key.name())))
                .collect(Collectors.joining(
                        "\n", "| Key | Type | Default | Allowed | Meaning |\n|---|---|---|---|---|\n", "\n"));
    }

    private static String row(SettingKey key, RawValue value, String explanation) {
        String text = value.isAbsent() ? "unset" : "`" + value.text() + "`";
        return "| `%s` | %s | %s | %s | %s |".formatted(key.name(), type(key), text, key.limits(), explanation);
    }

    private static String type(SettingKey key) {
        return switch (key.shape()) {
            case ONE, OPTIONAL -> key.type().word();
            case LIST -> "list, each a " + key.type().word();
            case ROWS -> "list of sections";
            case MAP -> "keys of their own, each a " + key.type().word();
        };
    }
}
