package io.unmask.detector.cli;

import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Kind;
import io.unmask.ingest.clip.Coverage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes the last line about each source, out of the verdicts on its faces. Not thread-safe. */
final class SourceLines {
    private static final List<Decision> GRAVEST_FIRST =
            List.of(Decision.FAKE, Decision.INCONCLUSIVE, Decision.REAL, Decision.NOT_EVALUABLE);

    private final Map<Verdict.Stream, EnumMap<Decision, Integer>> faces = new HashMap<>();
    private final Map<Verdict.Stream, Double> thresholds = new HashMap<>();
    private final List<Account> accounts = new ArrayList<>();
    private final boolean accounting;

    /** @param accounting whether each source is remembered for {@link #table} */
    SourceLines(boolean accounting) {
        this.accounting = accounting;
    }

    /** What became of a source. */
    private record Account(StreamState ended, boolean judged, Decision gravest, int faces) {
        String line() {
            boolean whole = ended.state() != StreamState.State.FAILED;
            String status = !judged ? "not judged" : whole ? "judged" : "partly";
            String why = ended.detail().isEmpty()
                    ? judged ? "" : faces == 0 ? "no face found" : "no face could be judged"
                    : ended.detail();
            return ("%-10s  %s  %5d  %s  "
                                    .formatted(
                                            status,
                                            VerdictLines.coloured(gravest, 13),
                                            faces,
                                            VerdictLines.moment(ended.timeMicros()))
                            + Printable.inMarkup(ended.stream().uri())
                            + (why.isEmpty() ? "" : "  " + Printable.inMarkup(why)))
                    .stripTrailing();
        }
    }

    void add(Verdict verdict) {
        if (verdict.score().isPresent()) {
            thresholds.put(verdict.stream(), verdict.threshold().pFake());
        }
        if (verdict.kind() == Kind.TRACK && verdict.face().isPresent()) {
            faces.computeIfAbsent(verdict.stream(), stream -> new EnumMap<>(Decision.class))
                    .merge(verdict.decision(), 1, Integer::sum);
        }
    }

    /** A table that accounts for each source. */
    List<String> table() {
        if (!accounting) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add("@|bold %-10s  %-13s  %5s  %-7s  %s|@".formatted("", "verdict", "faces", "watched", "source"));
        accounts.stream()
                .sorted(Comparator.comparing(account -> account.ended().stream().uri()))
                .map(Account::line)
                .forEach(lines::add);
        return lines;
    }

    /** The line about a stream's session, with picocli's markup; its faces are let go of. */
    String end(StreamState ended) {
        Map<Decision, Integer> decisions =
                Optional.ofNullable(faces.remove(ended.stream())).orElseGet(() -> new EnumMap<>(Decision.class));
        boolean judgedAny = thresholds.containsKey(ended.stream());
        Decision gravest = decisions.keySet().stream()
                .min(Comparator.comparingInt(GRAVEST_FIRST::indexOf))
                .orElse(Decision.NOT_EVALUABLE);
        int count = decisions.values().stream().mapToInt(Integer::intValue).sum();
        String found = count == 0 ? "no face found" : count == 1 ? "1 face" : count + " faces";
        if (accounting) {
            accounts.add(new Account(ended, judgedAny, gravest, count));
        }
        return "@|bold " + Printable.inMarkup(ended.stream().uri()) + "|@: " + VerdictLines.coloured(gravest, 0) + "  "
                + found + ", "
                + VerdictLines.moment(ended.timeMicros()) + " watched"
                + Optional.ofNullable(thresholds.remove(ended.stream()))
                        .map(threshold -> String.format(Locale.ROOT, ", fake from p_fake %.3f on", threshold))
                        .orElse("")
                + (ended.state() == StreamState.State.FAILED
                        ? ", @|red not to its end|@"
                        : ended.detail().isEmpty() ? "" : ", " + Printable.inMarkup(ended.detail()))
                + notSeen(ended.coverage())
                + omitted(ended.coverage().omitted());
    }

    /** What of the source's time there was nothing to see of. */
    private static String notSeen(Coverage coverage) {
        StringBuilder lines = new StringBuilder();
        if (coverage.gaps() > 0) {
            lines.append(String.format(
                    Locale.ROOT,
                    "\n  @|yellow no pictures|@ for %.1f s, in %s",
                    coverage.gapMicros() / 1e6,
                    coverage.gaps() == 1 ? "1 gap" : coverage.gaps() + " gaps"));
        }
        if (coverage.tainted() > 0) {
            lines.append("\n  @|yellow not judged|@: " + coverage.tainted()
                    + " frames between damage and the next key frame");
        }
        return lines.toString();
    }

    /** What of the source was not looked at, a line a part. */
    private static String omitted(List<Coverage.Omitted> parts) {
        return parts.stream()
                .map(part -> "\n  @|yellow not looked at|@: " + Printable.inMarkup(part.what() + ": " + part.why()))
                .collect(Collectors.joining());
    }
}
