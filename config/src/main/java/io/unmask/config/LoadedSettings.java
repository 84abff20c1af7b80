package io.unmask.config;

import java.util.List;

/**
 * Settings and how they came about.
 *
 * @param entries one for each key, in the order of the packaged file
 */
public record LoadedSettings<R extends Record>(R settings, List<Entry> entries) {
    public LoadedSettings {
        entries = List.copyOf(entries);
    }

    /**
     * One key.
     *
     * @param value in force, empty when unset, masked when secret
     * @param origin file and line, environment variable, system property, {@code command line} or {@code default}
     */
    public record Entry(String key, String value, String origin) {}
}
