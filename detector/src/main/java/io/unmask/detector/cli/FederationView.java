package io.unmask.detector.cli;

import io.unmask.detector.federate.FederationListener;
import io.unmask.detector.federate.Plan;
import io.unmask.detector.federate.Round;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;

/** Shows a federation's progress as notes and, at the coordinator, a line for each round. Used by the loop's thread. */
final class FederationView implements FederationListener {
    private final Console console;
    private final boolean coordinator;
    private Optional<Round> unshown = Optional.empty();
    private boolean headed;
    private boolean lost;
    private boolean away;

    FederationView(Console console, boolean coordinator) {
        this.console = console;
        this.coordinator = coordinator;
    }

    /** Whether a round was lost. */
    boolean lost() {
        return lost;
    }

    @Override
    public void connected() {
        if (away) {
            console.note("Kafka is back");
            away = false;
        }
    }

    @Override
    public void resumed(Plan plan, Collection<Round> rounds) {
        rounds.forEach(round -> {
            if (round.over()) {
                unshown = Optional.of(round);
            } else if (round.stage() != Round.Stage.OPEN) {
                // The row before was shown when this round's participants became known.
                unshown = Optional.empty();
            }
        });
        lost |= rounds.stream().anyMatch(round -> round.stage() == Round.Stage.LOST);
    }

    @Override
    public void round(Plan plan, Round round) {
        console.note(words(plan, round));
        if (!coordinator) {
            return;
        }
        switch (round.stage()) {
            case COLLECTING, FINISHED -> unshown.ifPresent(over -> show(over, round));
            case AGGREGATED -> unshown = Optional.of(round);
            case LOST -> {
                lost = true;
                unshown = Optional.of(round);
            }
            case OPEN, CLOSED -> {}
        }
    }

    /** Shows a round's row, which needs the next round: there the sites judge the model that this one made. */
    private void show(Round over, Round next) {
        if (!headed) {
            console.printPlain(RoundTable.HEAD);
            headed = true;
        }
        RoundTable.row(over, Optional.of(next)).forEach(console::printPlain);
        unshown = Optional.empty();
    }

    private static String words(Plan plan, Round round) {
        boolean last = round.number() > plan.rounds();
        String which = last ? "the last model" : "round " + round.number() + " of " + plan.rounds();
        String sites =
                round.participants().stream().map(Round.Participant::site).collect(Collectors.joining(", "));
        return which
                + switch (round.stage()) {
                    case OPEN ->
                        last
                                ? ": the sites judge it"
                                : ": open for announcements, quorum " + plan.quorum() + " of "
                                        + plan.members().size();
                    case COLLECTING -> ": " + sites + " train";
                    case CLOSED -> ": " + round.survivors().size() + " updates are in";
                    case AGGREGATED -> ": there is a new model";
                    case LOST -> ": lost, " + round.outcome().detail();
                    case FINISHED -> ": judged by " + (sites.isEmpty() ? "nobody" : sites);
                };
    }

    @Override
    public void refused(String site, String reason) {
        console.note("refused: " + site + ": " + reason);
    }

    @Override
    public void told(String line) {
        console.note(line);
    }

    @Override
    public void unreachable(String why) {
        if (!away) {
            console.note(why + "; trying again");
            away = true;
        }
    }
}
