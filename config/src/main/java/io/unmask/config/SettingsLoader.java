package io.unmask.config;

import io.unmask.config.Constraints.AtMost;
import io.unmask.config.Constraints.Below;
import io.unmask.config.Constraints.OfSettings;
import io.unmask.config.Constraints.OneForEach;
import io.unmask.config.LoadedSettings.Entry;
import io.unmask.config.SettingKey.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * Fills a record of settings from the packaged defaults and, each overriding those before it, the user's file, environment
 * variables, system properties and the command line. Immutable, safe for any thread.
 *
 * @param <R> whose components are {@code int}, {@code long}, {@code double}, {@code boolean}, {@code String},
 *     {@code Path}, an {@code Optional} or {@code List} of those, a {@code Map} from text to text, such a record, or a
 *     {@code List} of such records
 */
public final class SettingsLoader<R extends Record> {
    /** The limit stops the reading of a file without an end, such as {@code /dev/zero}. */
    private static final int MAX_FILE_BYTES = 1 << 20;

    private static final SettingsLoader<Settings> OF_SERVICE =
            new SettingsLoader<>(Settings.class, "unmask.yaml", "UNMASK_", SourceSpecs::problems);

    private final SettingKeys<R> keys;
    private final DefaultsFile defaults;
    private final String resource;
    private final String envPrefix;
    private final Function<R, List<Problem>> check;

    private SettingsLoader(Class<R> type, String resource, String envPrefix, Function<R, List<Problem>> check) {
        this.check = check;
        this.keys = new SettingKeys<>(type);
        this.defaults = DefaultsFile.of(resource);
        this.resource = resource;
        this.envPrefix = envPrefix;
    }

    /** The loader of the service's settings. */
    public static SettingsLoader<Settings> ofService() {
        return OF_SERVICE;
    }

    /**
     * @param resource file of the defaults beside this class; also the name of the user's file
     * @param envPrefix prefix of environment variables; with {@code UNMASK_}, that of system properties is {@code unmask.}
     */
    public static <R extends Record> SettingsLoader<R> of(Class<R> type, String resource, String envPrefix) {
        return new SettingsLoader<>(type, resource, envPrefix, settings -> List.of());
    }

    /** The packaged file: every key with its explanation and its default. */
    public String defaultsFile() {
        return defaults.text();
    }

    /** A Markdown table of every key. */
    public String referenceTable() {
        return new SettingsReference(keys, defaults).toMarkdown();
    }

    /** The JSON Schema of the user's file, for editors. */
    public String jsonSchema() {
        return new SettingsSchema(keys, defaults).toJson();
    }

    /** @throws SettingsException with every problem of every source */
    public LoadedSettings<R> load(SettingsSources sources) {
        List<Problem> problems = new ArrayList<>();
        Map<String, RawValue> raw = merge(sources, problems);
        Map<String, Object> values = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        Reading reading = new Reading(keys, raw, sources, values, entries, problems);
        keys.all().forEach(key -> read(key, reading));
        problems.addAll(conflicts(values, raw));
        refuse(problems);
        R settings = keys.bind(values);
        refuse(check.apply(settings));
        return new LoadedSettings<>(settings, entries);
    }

    /**
     * The settings of {@code base} with some keys changed.
     *
     * @param where tells the user where the changes come from
     * @throws SettingsException with every problem of the changes
     */
    R override(R base, Map<String, String> changes, String where) {
        List<Problem> problems = new ArrayList<>();
        Map<String, Object> values = keys.values(base);
        Map<String, RawValue> raw = new LinkedHashMap<>();
        values.forEach((key, value) -> raw.put(key, RawValue.scalar(String.valueOf(value), Origin.here("settings"))));
        PathExpansion paths = new PathExpansion(
                Map.of(), Path.of(System.getProperty("user.home")), Path.of("").toAbsolutePath());
        changes.forEach((name, text) -> {
            Optional<SettingKey> key =
                    keys.find(name).filter(found -> found.name().equals(name));
            RawValue value = RawValue.ofText(text, Origin.here(where));
            if (key.isEmpty()) {
                problems.add(new Problem(name + " (" + where + ")", keys.unknown(name)));
                return;
            }
            try {
                values.put(name, key.get().read(value, paths));
                raw.put(name, value);
            } catch (BadValueException e) {
                problems.add(Problem.ofValue(key.get(), value, e.getMessage()));
            }
        });
        problems.addAll(conflicts(values, raw));
        refuse(problems);
        return keys.bind(values);
    }

    /** The values of settings by key. */
    Map<String, Object> values(R settings) {
        return keys.values(settings);
    }

    /** The inputs of one load, and the collections that it fills. */
    private record Reading(
            SettingKeys<?> keys,
            Map<String, RawValue> raw,
            SettingsSources sources,
            Map<String, Object> values,
            List<Entry> entries,
            List<Problem> problems) {}

    private static void read(SettingKey key, Reading reading) {
        if (key.shape() == Shape.MAP) {
            readMap(key, reading);
        } else if (key.shape() == Shape.ROWS) {
            readRows(key, reading);
        } else {
            RawValue raw = reading.raw().get(key.name());
            readOne(key, raw, reading.sources(), reading.problems()).ifPresent(value -> {
                reading.values().put(key.name(), value);
                reading.entries().add(entry(key, value, raw));
            });
        }
    }

    private static void readRows(SettingKey key, Reading reading) {
        RawValue list = reading.raw().get(key.name());
        if (list.form() == RawValue.Form.SCALAR) {
            reading.problems().add(Problem.ofValue(key, list, "can be set in the settings file only, as a list"));
            return;
        }
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < list.items().size(); i++) {
            SettingKeys<?> row = key.row(i);
            int before = reading.problems().size();
            for (SettingKey cell : row.all()) {
                reading.raw().putIfAbsent(cell.name(), RawValue.absent(list.origin()));
                read(cell, reading);
            }
            if (reading.problems().size() == before) {
                rows.add(row.bind(reading.values()));
            }
        }
        reading.values().put(key.name(), List.copyOf(rows));
        String count = list.isAbsent() ? "" : list.items().size() + " entries";
        reading.entries().add(new Entry(key.name(), count, list.origin().text()));
    }

    private static void refuse(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
    }

    private Map<String, RawValue> merge(SettingsSources sources, List<Problem> problems) {
        String propertyPrefix = envPrefix.toLowerCase(Locale.ROOT).replace('_', '.');
        NamedLayer named = new NamedLayer(keys, problems);
        Map<String, RawValue> merged = new LinkedHashMap<>(defaults.values(keys));
        merged.putAll(userValues(sources, problems));
        merged.putAll(named.environment(sources.environment(), envPrefix));
        merged.putAll(named.systemProperties(sources.systemProperties(), propertyPrefix));
        merged.putAll(named.overrides(sources.overrides()));
        return merged;
    }

    private Map<String, RawValue> userValues(SettingsSources sources, List<Problem> problems) {
        Path file = sources.file().orElseGet(() -> sources.userFile(resource));
        if (sources.file().isEmpty() && !Files.exists(file)) {
            return Map.of();
        }
        try {
            Path folder = file.toAbsolutePath().getParent();
            return new YamlReader(keys, file.toString(), folder, problems).read(text(file));
        } catch (CharacterCodingException e) {
            problems.add(new Problem(file.toString(), "is not UTF-8 text"));
        } catch (IOException e) {
            problems.add(new Problem(file.toString(), whyUnreadable(file, e)));
        }
        return Map.of();
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new IOException("it is larger than " + MAX_FILE_BYTES + " bytes, the limit for a settings file");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }

    private static String whyUnreadable(Path file, IOException e) {
        if (Files.notExists(file)) {
            return "no such file";
        }
        return Files.isDirectory(file) ? "is a folder, not a settings file" : "cannot be read: " + e.getMessage();
    }

    private static Optional<Object> readOne(
            SettingKey key, RawValue raw, SettingsSources sources, List<Problem> problems) {
        try {
            return Optional.of(key.read(raw, paths(raw, sources)));
        } catch (BadValueException e) {
            problems.add(Problem.ofValue(key, raw, e.getMessage()));
            return Optional.empty();
        }
    }

    private static PathExpansion paths(RawValue raw, SettingsSources sources) {
        return new PathExpansion(
                sources.environment(), sources.home(), raw.origin().folder());
    }

    /**
     * Reads all entries of a map. An entry without a value is left out, so that a stronger source can take back what a
     * weaker one gave. In a map of settings such an entry is kept: it unsets the setting that it names.
     */
    private static void readMap(SettingKey key, Reading reading) {
        boolean ofSettings = key.constraint(OfSettings.class).isPresent();
        Map<String, String> map = new LinkedHashMap<>();
        reading.raw().forEach((name, value) -> {
            if (!name.startsWith(key.name() + ".") || (value.isAbsent() && !ofSettings)) {
                return;
            }
            if (value.form() == RawValue.Form.LIST) {
                reading.problems()
                        .add(new Problem(name + " (" + value.origin().text() + ")", "must be a text, not a list"));
                return;
            }
            String entry = name.substring(key.name().length() + 1);
            map.put(
                    entry,
                    ofSettings && isPath(entry, reading) && !value.text().isBlank()
                            ? expanded(name, value, reading)
                            : value.text());
            reading.entries()
                    .add(new Entry(
                            name,
                            key.secret() ? SettingKey.MASK : value.text(),
                            value.origin().text()));
        });
        reading.values().put(key.name(), map);
    }

    private static boolean isPath(String entry, Reading reading) {
        return reading.keys()
                .find(entry)
                .filter(key -> key.type() == ValueType.PATH)
                .isPresent();
    }

    /** Makes a path absolute while it is known in which file, and so in which folder, it was written. */
    private static String expanded(String name, RawValue value, Reading reading) {
        try {
            return paths(value, reading.sources()).expand(value.text()).toString();
        } catch (BadValueException e) {
            reading.problems()
                    .add(new Problem(
                            name + " = " + value.text() + " (" + value.origin().text() + ")", e.getMessage()));
            return value.text();
        }
    }

    private static Entry entry(SettingKey key, Object value, RawValue raw) {
        boolean masked = key.secret() && !raw.isAbsent();
        return new Entry(
                key.name(),
                masked ? SettingKey.MASK : SettingKey.textOf(value),
                raw.origin().text());
    }

    private List<Problem> conflicts(Map<String, Object> values, Map<String, RawValue> raw) {
        List<Problem> problems = new ArrayList<>();
        for (SettingKey key : keys.all()) {
            key.constraint(AtMost.class)
                    .map(limit -> key.sibling(limit.value()))
                    .filter(other -> difference(values, key.name(), other).orElse(0) > 0)
                    .ifPresent(other -> problems.add(conflict(key, raw, "must not be above ", other)));
            key.constraint(Below.class)
                    .map(limit -> key.sibling(limit.value()))
                    .filter(other -> difference(values, key.name(), other).orElse(-1) >= 0)
                    .ifPresent(other -> problems.add(conflict(key, raw, "must be below ", other)));
            key.constraint(OneForEach.class)
                    .map(list -> key.sibling(list.value()))
                    .filter(other -> values.get(key.name()) instanceof List<?> items
                            && values.get(other) instanceof List<?> others
                            && items.size() != others.size())
                    .ifPresent(other -> problems.add(conflict(key, raw, "must have one for each of ", other)));
        }
        return problems;
    }

    /** Sign of the difference of two numbers; empty when one has no legal value, which is reported elsewhere. */
    private static OptionalInt difference(Map<String, Object> values, String key, String other) {
        return values.get(key) instanceof Number a && values.get(other) instanceof Number b
                ? OptionalInt.of(Double.compare(a.doubleValue(), b.doubleValue()))
                : OptionalInt.empty();
    }

    private static Problem conflict(SettingKey key, Map<String, RawValue> raw, String relation, String other) {
        RawValue limit = raw.get(other);
        String where = other + " = " + limit.text() + " (" + limit.origin().text() + ")";
        return Problem.ofValue(key, raw.get(key.name()), relation + where);
    }
}
