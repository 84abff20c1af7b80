package io.unmask.config;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that cannot be run by. Carries every problem found; its message has one line for each. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    SettingsException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** All problems, those of the files first; at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
