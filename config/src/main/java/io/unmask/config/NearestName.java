package io.unmask.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds the known name that is most like one that a user wrote. */
final class NearestName {
    private NearestName() {}

    /** The complaint about an unknown name, with the nearest known one. */
    static String unknown(String kind, String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .map(nearest -> "unknown " + kind + "; did you mean " + nearest + "?")
                .orElse("unknown " + kind);
    }

    /** Levenshtein's: insertions, deletions and replacements of one character. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
