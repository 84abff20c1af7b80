package io.unmask.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What one value is: how it is called, how it is read, and what JSON Schema calls it. */
enum ValueType {
    INT("whole number", "integer") {
        @Override
        Object read(String text, PathExpansion paths) {
            return Integer.valueOf(text);
        }
    },
    LONG("whole number", "integer") {
        @Override
        Object read(String text, PathExpansion paths) {
            return Long.valueOf(text);
        }
    },
    NUMBER("number", "number") {
        @Override
        Object read(String text, PathExpansion paths) {
            double value = Double.parseDouble(text);
            if (!Double.isFinite(value)) {
                throw new NumberFormatException(text);
            }
            return value;
        }
    },
    FLAG("true or false", "boolean") {
        @Override
        Object read(String text, PathExpansion paths) {
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException(text);
            };
        }
    },
    TEXT("text", "string") {
        @Override
        Object read(String text, PathExpansion paths) {
            if (text.isBlank()) {
                throw new IllegalArgumentException("blank");
            }
            return text;
        }
    },
    PATTERN("regular expression", "string") {
        @Override
        Object read(String text, PathExpansion paths) throws BadValueException {
            try {
                return Pattern.compile(text);
            } catch (PatternSyntaxException e) {
                throw new BadValueException("must be a regular expression: " + e.getDescription() + " at its character "
                        + (e.getIndex() + 1));
            }
        }
    },
    PATH("path", "string") {
        @Override
        Object read(String text, PathExpansion paths) throws BadValueException {
            if (text.isBlank()) {
                throw new InvalidPathException(text, "blank");
            }
            return paths.expand(text);
        }
    };

    private final String word;
    private final String jsonType;

    ValueType(String word, String jsonType) {
        this.word = word;
        this.jsonType = jsonType;
    }

    static ValueType of(Class<?> type) {
        if (type == int.class || type == Integer.class) {
            return INT;
        } else if (type == long.class || type == Long.class) {
            return LONG;
        } else if (type == double.class || type == Double.class) {
            return NUMBER;
        } else if (type == boolean.class || type == Boolean.class) {
            return FLAG;
        } else if (type == String.class) {
            return TEXT;
        } else if (type == Pattern.class) {
            return PATTERN;
        } else if (type == Path.class) {
            return PATH;
        }
        throw new IllegalArgumentException("no setting can be a " + type.getName());
    }

    /** @throws IllegalArgumentException when the text is not of this type */
    abstract Object read(String text, PathExpansion paths) throws BadValueException;

    String word() {
        return word;
    }

    String jsonType() {
        return jsonType;
    }
}
