package io.unmask.detector.cli;

import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Kind;
import io.unmask.ingest.clip.Coverage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Writes the last line about each source, out of the verdicts on its faces. Not thread-safe. */
final class SourceLines {
    private static final List<Decision> GRAVEST_FIRST =
            List.of(Decision.FAKE, Decision.LABELLED, Decision.INCONCLUSIVE, Decision.REAL, Decision.NOT_EVALUABLE);

    private final Map<Verdict.Stream, Faces> faces = new HashMap<>();
    private final Map<Verdict.Stream, String> thresholds = new HashMap<>();
    private final List<Account> accounts = new ArrayList<>();
    private final boolean accounting;

    /** @param accounting whether each source is remembered for {@link #table} */
    SourceLines(boolean accounting) {
        this.accounting = accounting;
    }

    /** The verdicts on a source's faces. */
    private static final class Faces {
        private final Set<String> labels = new TreeSet<>();
        private Decision gravest = Decision.NOT_EVALUABLE;
        private int count;

        void add(Verdict verdict) {
            count++;
            if (GRAVEST_FIRST.indexOf(verdict.decision()) < GRAVEST_FIRST.indexOf(gravest)) {
                gravest = verdict.decision();
            }
            if (verdict.decision() == Decision.LABELLED) {
                labels.add(verdict.outcome());
            }
        }

        /** Of labels all that were chosen: none is graver than another. */
        String coloured(int width) {
            String outcome = gravest == Decision.LABELLED ? String.join(", ", labels) : VerdictLines.name(gravest);
            return VerdictLines.coloured(gravest, outcome, width);
        }
    }

    /** What became of a source. */
    private record Account(StreamState ended, boolean judged, Faces faces) {
        String line() {
            List<String> lacks = lacks();
            String status = !judged ? "not judged" : lacks.isEmpty() ? "judged" : "partly";
            String why = String.join("; ", lacks);
            return ("%-10s  %s  %5d  %s  "
                                    .formatted(
                                            status,
                                            faces.coloured(13),
                                            faces.count,
                                            VerdictLines.moment(ended.timeMicros()))
                            + Printable.inMarkup(ended.stream().uri())
                            + (why.isEmpty() ? "" : "  " + Printable.inMarkup(why)))
                    .stripTrailing();
        }

        /** Why the source was not judged, or what keeps it from having been looked at as a whole. */
        private List<String> lacks() {
            List<String> lacks = new ArrayList<>();
            if (!ended.detail().isEmpty()) {
                lacks.add(ended.detail());
            } else if (!judged) {
                lacks.add(faces.count == 0 ? "no face found" : "no face could be judged");
            }
            Coverage coverage = ended.coverage();
            if (coverage.damaged() > 0) {
                lacks.add("damaged: " + coverage.damaged() + " packets or frames could not be decoded");
            }
            if (coverage.tainted() > 0) {
                lacks.add(coverage.tainted() + " frames after damage were not judged");
            }
            coverage.omitted().forEach(part -> lacks.add("not looked at: " + part.what()));
            return lacks;
        }
    }

    void add(Verdict verdict) {
        if (verdict.decision() != Decision.NOT_EVALUABLE) {
            thresholds.put(
                    verdict.stream(),
                    String.format(
                            Locale.ROOT,
                            verdict.model().detects() ? ", fake from p_fake %.3f on" : ", a label from p %.3f on",
                            verdict.threshold().pFake()));
        }
        if (verdict.kind() == Kind.TRACK && verdict.face().isPresent()) {
            faces.computeIfAbsent(verdict.stream(), stream -> new Faces()).add(verdict);
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

    /**
     * The line about a stream's session, with picocli's markup, and a line for each thing that was not looked at. The session's
     * faces are forgotten.
     */
    List<String> end(StreamState ended) {
        Faces seen = Optional.ofNullable(faces.remove(ended.stream())).orElseGet(Faces::new);
        boolean judgedAny = thresholds.containsKey(ended.stream());
        String found = seen.count == 0 ? "no face found" : seen.count == 1 ? "1 face" : seen.count + " faces";
        if (accounting) {
            accounts.add(new Account(ended, judgedAny, seen));
        }
        String line = "@|bold " + Printable.inMarkup(ended.stream().uri()) + "|@: " + seen.coloured(0) + "  "
                + found + ", "
                + VerdictLines.moment(ended.timeMicros()) + " watched"
                + Optional.ofNullable(thresholds.remove(ended.stream())).orElse("")
                + (ended.state() == StreamState.State.FAILED
                        ? ", @|red not to its end|@"
                        : ended.detail().isEmpty() ? "" : ", " + Printable.inMarkup(ended.detail()));
        List<String> lines = new ArrayList<>(List.of(line));
        lines.addAll(notSeen(ended.coverage()));
        return lines;
    }

    /** What of the source was not looked at, and of what time there was nothing to see. */
    private static List<String> notSeen(Coverage coverage) {
        List<String> lines = new ArrayList<>();
        if (coverage.gaps() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  @|yellow no pictures|@ for %.1f s, in %s",
                    coverage.gapMicros() / 1e6,
                    coverage.gaps() == 1 ? "1 gap" : coverage.gaps() + " gaps"));
        }
        if (coverage.tainted() > 0) {
            lines.add(
                    "  @|yellow not judged|@: " + coverage.tainted() + " frames between damage and the next key frame");
        }
        if (coverage.colourMapped() > 0) {
            lines.add("  @|yellow not decided|@: " + coverage.colourMapped()
                    + " frames of high dynamic range or a wide gamut, of which the model has seen none");
        }
        coverage.omitted()
                .forEach(part -> lines.add(
                        "  @|yellow not looked at|@: " + Printable.inMarkup(part.what() + ": " + part.why())));
        return lines;
    }
}
