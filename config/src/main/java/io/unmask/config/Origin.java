package io.unmask.config;

import java.nio.file.Path;

/**
 * Where a value was set.
 *
 * @param text for the user, as in {@code unmask.yaml:12}
 * @param folder absolute; relative paths count from it
 */
record Origin(String text, Path folder) {
    static Origin here(String text) {
        return new Origin(text, Path.of("").toAbsolutePath());
    }
}
