package io.unmask.config;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Where a value was set.
 *
 * @param source for the user, as in {@code unmask.yaml} or {@code command line}
 * @param line of the source, from 1; empty where it has no lines
 * @param folder absolute; relative paths count from it
 */
record Origin(String source, OptionalInt line, Path folder) {
    static Origin here(String source) {
        return new Origin(source, OptionalInt.empty(), Path.of("").toAbsolutePath());
    }

    /** For the user, as in {@code unmask.yaml:12}. */
    String text() {
        return line.isPresent() ? source + ":" + line.getAsInt() : source;
    }
}
