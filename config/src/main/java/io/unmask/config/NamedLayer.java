package io.unmask.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads values that come by name: environment variables, system properties, options of the command line. */
final class NamedLayer {
    /** Names of the launcher and the build, which begin as a setting's name does. */
    private static final Set<String> NOT_SETTINGS = Set.of("UNMASK_JAVA_OPTS", "unmask.root", "unmask.home");

    /** How the names of other settings begin: those of {@code train.yaml} and {@code forge.yaml}. */
    private static final Set<String> OTHERS =
            Set.of("UNMASK_TRAIN_", "unmask.train.", "UNMASK_FORGE_", "unmask.forge.");

    /** What Kubernetes tells every pod about each service of its namespace, which may be called as this program is. */
    private static final Pattern OF_KUBERNETES =
            Pattern.compile("\\w+_SERVICE_HOST|\\w+_SERVICE_PORT(_\\w+)?|\\w+_PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?");

    /** The value of its variables whose names end in {@code _PORT}, where a setting has a number. */
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private final SettingKeys<?> keys;
    private final List<Problem> problems;

    /** @param problems to which unknown names are added */
    NamedLayer(SettingKeys<?> keys, List<Problem> problems) {
        this.keys = keys;
        this.problems = problems;
    }

    /** @param prefix as in {@code UNMASK_} */
    Map<String, RawValue> environment(Map<String, String> environment, String prefix) {
        Map<String, String> keyByVariable = new LinkedHashMap<>();
        keys.all().forEach(key -> keyByVariable.put(prefix + upper(key.name()), key.name()));
        Map<String, RawValue> values = new LinkedHashMap<>();
        own(environment, prefix).forEach((variable, text) -> {
            if (isOfKubernetes(variable, text)) {
                return;
            }
            String key = keyByVariable.getOrDefault(variable, mapEntry(variable, keyByVariable));
            Origin origin = Origin.here("environment variable " + variable);
            if (key.isEmpty()) {
                String message = NearestName.unknown("variable", variable, keyByVariable.keySet());
                problems.add(new Problem(origin.text(), message));
            } else {
                put(values, key, RawValue.ofText(text, origin));
            }
        });
        return values;
    }

    private static boolean isOfKubernetes(String variable, String text) {
        return OF_KUBERNETES.matcher(variable).matches()
                || (variable.endsWith("_PORT") && SERVICE_ADDRESS.matcher(text).matches());
    }

    /**
     * The key of a variable that names an entry of a map, or empty. An underscore stands for a dot, since no key of Kafka's has
     * an underscore or a dash.
     */
    private String mapEntry(String variable, Map<String, String> keyByVariable) {
        for (SettingKey key : keys.all()) {
            if (key.shape() == SettingKey.Shape.MAP) {
                for (Map.Entry<String, String> known : keyByVariable.entrySet()) {
                    if (known.getValue().equals(key.name()) && variable.startsWith(known.getKey() + "_")) {
                        String entry = variable.substring(known.getKey().length() + 1);
                        return key.name() + "." + entry.toLowerCase(Locale.ROOT).replace('_', '.');
                    }
                }
            }
        }
        return "";
    }

    /** @param prefix as in {@code unmask.} */
    Map<String, RawValue> systemProperties(Map<String, String> properties, String prefix) {
        Map<String, RawValue> values = new LinkedHashMap<>();
        own(properties, prefix).forEach((property, text) -> {
            String key = property.substring(prefix.length());
            put(values, key, RawValue.ofText(text, Origin.here("system property " + property)));
        });
        return values;
    }

    Map<String, RawValue> overrides(Map<String, String> overrides) {
        Map<String, RawValue> values = new LinkedHashMap<>();
        new TreeMap<>(overrides)
                .forEach((key, text) -> put(values, key, RawValue.ofText(text, Origin.here("command line"))));
        return values;
    }

    private void put(Map<String, RawValue> values, String key, RawValue value) {
        Optional<SettingKey> found = keys.find(key);
        boolean isSection = found.filter(known ->
                        known.shape() == SettingKey.Shape.MAP && known.name().equals(key))
                .isPresent();
        if (found.isPresent() && !isSection) {
            values.put(key, value);
        } else {
            String message =
                    isSection ? "is a section; set its keys one by one, as in " + key + ".NAME" : keys.unknown(key);
            problems.add(new Problem(key + " (" + value.origin().text() + ")", message));
        }
    }

    private static Map<String, String> own(Map<String, String> named, String prefix) {
        Map<String, String> own = new TreeMap<>(named);
        own.keySet().removeIf(name -> !name.startsWith(prefix) || NOT_SETTINGS.contains(name));
        own.keySet().removeIf(name -> OTHERS.stream()
                .anyMatch(other -> other.length() > prefix.length() && name.startsWith(other)));
        return own;
    }

    private static String upper(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
