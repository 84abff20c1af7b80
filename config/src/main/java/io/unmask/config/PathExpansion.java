package io.unmask.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${NAME}}, {@code ${NAME:-otherwise}} and a leading {@code ~} as a shell does. Values other than paths
 * are left alone: a password may hold a dollar sign.
 *
 * @param folder absolute; relative paths count from it
 */
record PathExpansion(Map<String, String> environment, Path home, Path folder) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::-([^}]*))?}");

    Path expand(String text) throws BadValueException {
        Matcher matcher = VARIABLE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            String value = environment.getOrDefault(matcher.group(1), "");
            if (value.isEmpty()) {
                value = matcher.group(2);
            }
            if (value == null) {
                throw new BadValueException("the environment variable " + matcher.group(1) + " is not set");
            }
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(value));
        }
        matcher.appendTail(expanded);
        String path = expanded.toString();
        if (path.equals("~") || path.startsWith("~/")) {
            return home.resolve(path.substring(Math.min(2, path.length()))).normalize();
        }
        return folder.resolve(path).normalize();
    }
}
