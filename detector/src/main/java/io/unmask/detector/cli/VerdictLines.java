package io.unmask.detector.cli;

import io.unmask.detector.verdict.Reason;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes verdicts as lines for people, with picocli's colour markup. Pure. */
final class VerdictLines {
    private static final String ROW = "%-19s  %-7s  %s  %-19s  %s";

    private VerdictLines() {}

    static String header() {
        return "@|bold "
                + ROW.formatted("time", "face", "%-13s".formatted("verdict"), "p_fake (90 %)", "reasons")
                        .strip() + "|@";
    }

    /** One row for a clip. */
    static String clip(Verdict verdict) {
        return ROW.formatted(
                        span(verdict.span().startMicros(), verdict.span().endMicros()),
                        verdict.face().map(face -> "face " + face.track()).orElse("-"),
                        coloured(verdict.decision(), 13),
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
                        "@|bold " + who + "|@: " + coloured(verdict.decision(), 0),
                        score(verdict),
                        span(verdict.span().startMicros(), verdict.span().endMicros()),
                        frames,
                        reasons(verdict.reasons()))
                .stream()
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("  "));
    }

    static String coloured(Decision decision, int width) {
        String style =
                switch (decision) {
                    case FAKE -> "bold,red";
                    case REAL -> "green";
                    case INCONCLUSIVE -> "yellow";
                    case NOT_EVALUABLE -> "faint";
                };
        String word = name(decision);
        return "@|" + style + " " + word + "|@" + " ".repeat(Math.max(0, width - word.length()));
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
                .map(score -> String.format(
                        Locale.ROOT,
                        "%.3f (%.3f-%.3f)",
                        score.pFake(),
                        score.interval().low(),
                        score.interval().high()))
                .orElse("");
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
