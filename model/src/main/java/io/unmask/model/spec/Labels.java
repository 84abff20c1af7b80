package io.unmask.model.spec;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What labels may be called. They stand in events, on consoles, in options and as names of folders. */
public final class Labels {
    /** An event has a number for each label and frame, and must stay below Kafka's limit of 1 MB for a message. */
    public static final int MOST = 64;

    private static final Pattern NAME = Pattern.compile("[\\p{Ll}\\p{Lo}\\p{N}][\\p{Ll}\\p{Lo}\\p{N}_.-]{0,63}");

    /** What an event says in the place of a label that was not chosen. */
    private static final List<String> TAKEN = List.of("inconclusive", "not_evaluable");

    private Labels() {}

    /** Why these cannot be a model's labels, in one line; empty when they can. */
    public static Optional<String> problem(List<String> labels) {
        if (labels.size() < 2 || labels.size() > MOST) {
            return Optional.of("must be from 2 to " + MOST);
        }
        if (new HashSet<>(labels).size() < labels.size()) {
            return Optional.of("must not name one twice");
        }
        for (String label : labels) {
            if (!NAME.matcher(label).matches()) {
                return Optional.of(
                        "a label has 1 to 64 lower-case letters, digits, '_', '.' and '-', and begins with one of the"
                                + " first two");
            }
            if (TAKEN.contains(label)) {
                return Optional.of("'" + label + "' is what events say where no label was chosen");
            }
        }
        return new HashSet<>(labels).equals(Set.copyOf(ModelSpec.DETECTOR_LABELS))
                        && !labels.equals(ModelSpec.DETECTOR_LABELS)
                ? Optional.of("a detector's are " + ModelSpec.DETECTOR_LABELS + ", in that order")
                : Optional.empty();
    }
}
