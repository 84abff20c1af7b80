package io.unmask.detector.cli;

import io.unmask.detector.federate.Round;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Rounds of a federation as lines of text. */
final class RoundTable {
    static final String HEAD =
            "round  state       sites   faces  update norms               AUC before  after   epsilon"
                    + "  bytes       refused";

    private RoundTable() {}

    /** The table; a round's AUC after it is the next one's before. */
    static List<String> lines(List<Round> rounds) {
        List<String> lines = new ArrayList<>();
        lines.add(HEAD);
        for (int i = 0; i < rounds.size(); i++) {
            if (rounds.get(i).stage() == Round.Stage.FINISHED) {
                continue;
            }
            Optional<Round> next = i + 1 < rounds.size() ? Optional.of(rounds.get(i + 1)) : Optional.empty();
            lines.addAll(row(rounds.get(i), next));
        }
        return lines;
    }

    /** A round's line, and one for each refusal. */
    static List<String> row(Round round, Optional<Round> next) {
        List<String> lines = new ArrayList<>();
        long faces = round.participants().stream()
                .mapToLong(Round.Participant::examples)
                .sum();
        lines.add(String.format(
                        Locale.ROOT,
                        "%5d  %-10s  %-6s %6d  %-25s  %10s  %6s  %7s  %-10d  %d%s",
                        round.number(),
                        round.stage().name().toLowerCase(Locale.ROOT),
                        round.survivors().size() + "/" + round.participants().size(),
                        faces,
                        norms(round),
                        auc(Optional.of(round)),
                        auc(next),
                        round.outcome().epsilon().map(e -> "%.2f".formatted(e)).orElse("-"),
                        round.outcome().updateBytes(),
                        round.refusals().stream()
                                .mapToLong(Round.Refusal::count)
                                .sum(),
                        round.outcome().detail().isEmpty()
                                ? ""
                                : "  " + round.outcome().detail())
                .stripTrailing());
        round.refusals()
                .forEach(refusal -> lines.add("       refused: " + refusal.site() + ": " + refusal.reason()
                        + (refusal.count() > 1 ? " (" + refusal.count() + " times)" : "")));
        return lines;
    }

    /** Of each site where they can be seen, and of the mean. */
    private static String norms(Round round) {
        Optional<String> mean = round.outcome().meanNorm().map(norm -> "mean %.3g".formatted(norm));
        String each = round.outcome().norms().stream()
                .map(norm -> "%.3g".formatted(norm))
                .collect(Collectors.joining(" "));
        return mean.map(text -> each.isEmpty() ? text : each + ", " + text).orElse("-");
    }

    private static String auc(Optional<Round> of) {
        OptionalDouble mean = of.stream()
                .flatMap(round -> round.participants().stream())
                .mapToDouble(participant -> participant.before().auc())
                .average();
        return mean.isPresent() ? String.format(Locale.ROOT, "%.4f", mean.getAsDouble()) : "-";
    }
}
