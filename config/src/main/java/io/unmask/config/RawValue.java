package io.unmask.config;

import java.util.List;

/**
 * A value as the user wrote it, not yet checked against its type.
 *
 * @param items none when the key stands without a value, one for a scalar
 */
record RawValue(Form form, List<String> items, Origin origin) {
    enum Form {
        ABSENT,
        SCALAR,
        LIST
    }

    static RawValue absent(Origin origin) {
        return new RawValue(Form.ABSENT, List.of(), origin);
    }

    static RawValue scalar(String text, Origin origin) {
        return new RawValue(Form.SCALAR, List.of(text), origin);
    }

    static RawValue list(List<String> items, Origin origin) {
        return new RawValue(Form.LIST, List.copyOf(items), origin);
    }

    /** A value from a place that cannot leave a value out, such as an environment variable: an empty text means no value. */
    static RawValue ofText(String text, Origin origin) {
        return text.isEmpty() ? absent(origin) : scalar(text, origin);
    }

    boolean isAbsent() {
        return form == Form.ABSENT;
    }

    String text() {
        return form == Form.LIST ? items.toString() : String.join("", items);
    }
}
