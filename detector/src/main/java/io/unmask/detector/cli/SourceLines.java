package io.unmask.detector.cli;

import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Kind;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes the last line about each source, out of the verdicts on its faces. Not thread-safe. */
final class SourceLines {
    private static final List<Decision> GRAVEST_FIRST =
            List.of(Decision.FAKE, Decision.INCONCLUSIVE, Decision.REAL, Decision.NOT_EVALUABLE);

    private final Map<Verdict.Stream, EnumMap<Decision, Integer>> faces = new HashMap<>();
    private final Map<Verdict.Stream, Double> thresholds = new HashMap<>();

    void add(Verdict verdict) {
        if (verdict.score().isPresent()) {
            thresholds.put(verdict.stream(), verdict.threshold().pFake());
        }
        if (verdict.kind() == Kind.TRACK && verdict.face().isPresent()) {
            faces.computeIfAbsent(verdict.stream(), stream -> new EnumMap<>(Decision.class))
                    .merge(verdict.decision(), 1, Integer::sum);
        }
    }

    /** The line about a stream's session, with picocli's markup; its faces are let go of. */
    String end(StreamState ended) {
        Map<Decision, Integer> decisions =
                Optional.ofNullable(faces.remove(ended.stream())).orElseGet(() -> new EnumMap<>(Decision.class));
        Decision gravest = decisions.keySet().stream()
                .min(Comparator.comparingInt(GRAVEST_FIRST::indexOf))
                .orElse(Decision.NOT_EVALUABLE);
        int count = decisions.values().stream().mapToInt(Integer::intValue).sum();
        String found = count == 0 ? "no face found" : count == 1 ? "1 face" : count + " faces";
        return "@|bold " + ended.stream().uri() + "|@: " + VerdictLines.coloured(gravest, 0) + "  " + found + ", "
                + VerdictLines.moment(ended.timeMicros()) + " watched"
                + Optional.ofNullable(thresholds.remove(ended.stream()))
                        .map(threshold -> String.format(Locale.ROOT, ", fake from p_fake %.3f on", threshold))
                        .orElse("")
                + (ended.state() == StreamState.State.FAILED
                        ? ", @|red not to its end|@"
                        : ended.detail().isEmpty() ? "" : ", " + ended.detail());
    }
}
