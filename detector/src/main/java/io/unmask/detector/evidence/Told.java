package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Verdict;
import java.util.Collection;

/**
 * A conclusion as the template shows it.
 *
 * @param style names its colour, mark and icon
 */
record Told(String words, String style) {
    /** How many colours the style sheet has for labels. Further labels repeat them. */
    private static final int COLOURS = 6;

    /** @param labels that were chosen; shown when the conclusion is a label */
    static Told of(Conclusion conclusion, Collection<String> labels) {
        return new Told(
                conclusion == Conclusion.LABELLED ? String.join(", ", labels) : conclusion.words(), conclusion.style());
    }

    /** A verdict's style; each label has a colour of its own. */
    static String style(Verdict verdict) {
        String style = Conclusion.of(verdict.decision()).style();
        return verdict.decision() == Verdict.Decision.LABELLED
                ? style + " label-" + verdict.model().labels().indexOf(verdict.outcome()) % COLOURS
                : style;
    }
}
