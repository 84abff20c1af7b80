package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Verdict;

/** What the report says of a face or a source, the gravest first. */
enum Conclusion {
    FAKE("Manipulated face likely"),
    /** A model with labels of its own chose one of them. */
    LABELLED("Labelled"),
    INCONCLUSIVE("Inconclusive"),
    REAL("No sign of manipulation found"),
    NOT_EVALUABLE("Could not be judged"),
    /** The run ended before the final verdict. */
    UNFINISHED("No final verdict");

    private final String words;

    Conclusion(String words) {
        this.words = words;
    }

    static Conclusion of(Verdict.Decision decision) {
        return switch (decision) {
            case FAKE -> FAKE;
            case LABELLED -> LABELLED;
            case INCONCLUSIVE -> INCONCLUSIVE;
            case REAL -> REAL;
            case NOT_EVALUABLE -> NOT_EVALUABLE;
        };
    }

    String words() {
        return words;
    }

    /** Names the outcome's colour, mark and icon in the template. */
    String style() {
        return switch (this) {
            case FAKE -> "fake";
            case LABELLED -> "label";
            case INCONCLUSIVE -> "inconclusive";
            case REAL -> "clear";
            case NOT_EVALUABLE, UNFINISHED -> "none";
        };
    }
}
