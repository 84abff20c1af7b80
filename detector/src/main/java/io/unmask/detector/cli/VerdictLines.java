package io.unmask.detector.cli;

import io.unmask.detector.verdict.Reason;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.model.spec.Calibration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes verdicts as lines for people, with picocli's colour markup. Pure. */
final class VerdictLines {
    private static final String ROW = "%-19s  %-7s  %s  %-19s  %s";

    private VerdictLines() {}

    /** @param first of the verdicts below it */
    static String header(Verdict first) {
        boolean ofDetector = first.model().detects();
        return "@|bold "
                + ROW.formatted(
                                "time",
                                "face",
                                "%-13s".formatted(ofDetector ? "verdict" : "label"),
                                ofDetector ? "p_fake (90 %)" : "p (90 %)",
                                "reasons")
                        .strip()
                + "|@";
    }

    /** One row for a clip. */
    static String clip(Verdict verdict) {
        return ROW.formatted(
                        span(verdict.span().startMicros(), verdict.span().endMicros()),
                        verdict.face().map(face -> "face " + face.track()).orElse("-"),
                        coloured(verdict.decision(), verdict.outcome(), 13),
                        score(verdict),
                        reasons(verdict.reasons()))
                .stripTrailing();
    }

    /** The last line about a face. */
    static String face(Verdict verdict) {
        String who = verdict.face().map(face -> "face " + face.track()).orElse("no face");
        String frames = verdict.face()
                .map(face -> face.framesScored() + " frames scored")
                .orElse("");
        return List.of(
                        "@|bold " + who + "|@: " + coloured(verdict.decision(), verdict.outcome(), 0),
                        score(verdict),
                        span(verdict.span().startMicros(), verdict.span().endMicros()),
                        frames,
                        reasons(verdict.reasons()))
                .stream()
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("  "));
    }

    /** @param outcome the decision in a word, of {@link io.unmask.model.spec.Labels} or ours, and so without markup */
    static String coloured(Decision decision, String outcome, int width) {
        String style =
                switch (decision) {
                    case FAKE -> "bold,red";
                    case REAL -> "green";
                    case LABELLED -> "bold";
                    case INCONCLUSIVE -> "yellow";
                    case NOT_EVALUABLE -> "faint";
                };
        return "@|" + style + " " + outcome + "|@" + " ".repeat(Math.max(0, width - outcome.length()));
    }

    /** As the event has it. */
    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static String reasons(List<Reason> reasons) {
        return reasons.stream().map(VerdictLines::name).collect(Collectors.joining(", "));
    }

    private static String score(Verdict verdict) {
        return verdict.score()
                .map(score -> score(score.pFake(), score.interval()))
                .or(() -> verdict.labels().map(labels -> {
                    Verdict.Labels.Label most = labels.mostProbable();
                    // The label stands in its own column where it was chosen.
                    return (verdict.decision() == Decision.LABELLED ? "" : most.label() + " ")
                            + score(most.p(), labels.interval());
                }))
                .orElse("");
    }

    private static String score(double p, Calibration.Interval interval) {
        return String.format(Locale.ROOT, "%.3f (%.3f-%.3f)", p, interval.low(), interval.high());
    }

    private static String span(long startMicros, long endMicros) {
        return moment(startMicros) + " - " + moment(endMicros);
    }

    /** {@code mm:ss.t}, with hours when there are some. */
    static String moment(long micros) {
        long tenths = Math.round(micros / 1e5);
        long seconds = tenths / 10;
        String time = String.format(Locale.ROOT, "%02d:%02d.%d", seconds / 60 % 60, seconds % 60, tenths % 10);
        return seconds >= 3600 ? seconds / 3600 + ":" + time : time;
    }
}
