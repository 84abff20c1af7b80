package io.unmask.detector.cli;

import java.util.Locale;

/**
 * Makes text harmless that others have written, such as a file's name, before a terminal shows it: what would move the
 * cursor, end the line or turn the direction of writing is shown as its Java escape. Pure.
 */
final class Printable {
    private Printable() {}

    /** One line, in which nothing acts on the terminal. */
    static String line(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (acts(point)) {
                shown.append(escape(point));
            } else {
                shown.appendCodePoint(point);
            }
        });
        return shown.toString();
    }

    /** As {@link #line}, to stand in picocli's markup without being markup. */
    static String inMarkup(String text) {
        return line(text).replace("@|", "\\u0040|").replace("|@", "|\\u0040");
    }

    private static boolean acts(int point) {
        return switch (Character.getType(point)) {
            // Controls; marks without a shape, which bidirectional overrides are among; line ends; halves of a
            // character.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static String escape(int point) {
        return switch (point) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> {
                StringBuilder escaped = new StringBuilder();
                for (char half : Character.toChars(point)) {
                    escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) half));
                }
                yield escaped.toString();
            }
        };
    }
}
