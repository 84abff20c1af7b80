package io.unmask.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys of a record of settings and of the records in it, and the way back from values to the record. */
final class SettingKeys<R extends Record> {
    private final String prefix;
    private final Class<R> type;
    private final Map<String, SettingKey> keys = new LinkedHashMap<>();
    private final Set<String> sections = new LinkedHashSet<>();

    SettingKeys(Class<R> type) {
        this("", type);
    }

    /** @param prefix before the name of each key */
    SettingKeys(String prefix, Class<R> type) {
        this.prefix = prefix;
        this.type = type;
        collect(prefix, type);
    }

    private void collect(String prefix, Class<?> record) {
        for (RecordComponent component : record.getRecordComponents()) {
            if (component.getType().isRecord()) {
                String section = prefix + SettingKey.kebab(component.getName());
                sections.add(section);
                collect(section + ".", component.getType());
            } else {
                SettingKey key = SettingKey.of(prefix, component);
                keys.put(key.name(), key);
            }
        }
    }

    List<SettingKey> all() {
        return List.copyOf(keys.values());
    }

    Class<R> type() {
        return type;
    }

    boolean isSection(String name) {
        return sections.contains(name);
    }

    /** The key of that name, or the map key that an entry of that name belongs to. */
    Optional<SettingKey> find(String name) {
        SettingKey exact = keys.get(name);
        return exact != null ? Optional.of(exact) : mapOf(name);
    }

    private Optional<SettingKey> mapOf(String name) {
        return keys.values().stream()
                .filter(key -> key.shape() == SettingKey.Shape.MAP && name.startsWith(key.name() + "."))
                .findFirst();
    }

    String unknown(String name) {
        List<String> known = new ArrayList<>(keys.keySet());
        known.addAll(sections);
        return NearestName.unknown("key", name, known);
    }

    /** @param values by key, each of the type of its component */
    R bind(Map<String, Object> values) {
        return type.cast(bind(prefix, type, values));
    }

    /** The way back from the record: values by key. */
    Map<String, Object> values(R record) {
        Map<String, Object> values = new LinkedHashMap<>();
        collect(prefix, record, values);
        return values;
    }

    private static void collect(String prefix, Record record, Map<String, Object> values) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            String name = prefix + SettingKey.kebab(component.getName());
            try {
                component.getAccessor().setAccessible(true);
                Object value = component.getAccessor().invoke(record);
                if (value instanceof Record section) {
                    collect(name + ".", section, values);
                } else {
                    values.put(name, value);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Object bind(String prefix, Class<?> record, Map<String, Object> values) {
        RecordComponent[] components = record.getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            String name = prefix + SettingKey.kebab(components[i].getName());
            Class<?> type = components[i].getType();
            arguments[i] = type.isRecord() ? bind(name + ".", type, values) : values.get(name);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = record.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(record.getName() + " refused checked settings", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
