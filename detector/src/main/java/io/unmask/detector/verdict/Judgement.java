package io.unmask.detector.verdict;

import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.detector.verdict.Verdict.Score;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the policy says about a span.
 *
 * @param reasons in the order of {@link Reason}, each once
 * @param score present unless the decision is {@code NOT_EVALUABLE}
 * @param face absent when there was none
 */
public record Judgement(Decision decision, List<Reason> reasons, Optional<Score> score, Optional<Face> face) {
    public Judgement {
        reasons = List.copyOf(reasons);
        if (score.isPresent() == (decision == Decision.NOT_EVALUABLE)) {
            throw new IllegalArgumentException(decision + (score.isPresent() ? " with" : " without") + " a score");
        }
    }

    static Judgement notEvaluable(Set<Reason> reasons, Optional<Face> face) {
        return new Judgement(Decision.NOT_EVALUABLE, ordered(reasons), Optional.empty(), face);
    }

    static List<Reason> ordered(Collection<Reason> reasons) {
        return reasons.isEmpty() ? List.of() : List.copyOf(EnumSet.copyOf(reasons));
    }
}
