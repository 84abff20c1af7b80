package io.unmask.detector.verdict;

import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Distance;
import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.detector.verdict.Verdict.Labels;
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
 * @param score a detector's, present unless the decision is {@code NOT_EVALUABLE}
 * @param labels the same of a model with other labels
 * @param face absent when there was none
 */
public record Judgement(
        Decision decision, List<Reason> reasons, Optional<Score> score, Optional<Labels> labels, Optional<Face> face) {
    public Judgement {
        reasons = List.copyOf(reasons);
        decision.requireFit(score.isPresent(), labels.isPresent());
    }

    /** The same of another decision. */
    Judgement with(Decision other, Score otherScore) {
        return new Judgement(other, reasons, Optional.of(otherScore), labels, face);
    }

    /** The calibrated logits that it rests on: a detector's one, or one a label; none when nothing was judged. */
    List<Double> logits() {
        return labels.map(told -> told.all().stream().map(Labels.Label::logit).toList())
                .orElseGet(() -> score.stream().map(Score::logit).toList());
    }

    Optional<Distance> distance() {
        return labels.map(Labels::distance).orElseGet(() -> score.flatMap(Score::distance));
    }

    static Judgement notEvaluable(Set<Reason> reasons, Optional<Face> face) {
        return new Judgement(Decision.NOT_EVALUABLE, ordered(reasons), Optional.empty(), Optional.empty(), face);
    }

    static List<Reason> ordered(Collection<Reason> reasons) {
        return reasons.isEmpty() ? List.of() : List.copyOf(EnumSet.copyOf(reasons));
    }
}
