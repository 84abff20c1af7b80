package io.unmask.detector.federate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A round as the coordinator sees it. Each stage is a record on Kafka that replaces the record of the stage before.
 *
 * @param number from 1; one more than the plan's rounds when the sites only judge the final model
 * @param since when the stage began
 * @param updatesFrom offset of the first record on {@code federation.updates} that can belong to the round
 * @param model what the round starts from: the exchanged tensors
 * @param participants sites that announced themselves in time, from {@link Stage#COLLECTING} on
 * @param survivors the participants whose updates arrived in time, from {@link Stage#CLOSED} on
 * @param refusals what was not taken, and why
 * @param outcome what the round came to
 */
public record Round(
        String federation,
        long number,
        Stage stage,
        Instant since,
        long updatesFrom,
        Transfer model,
        List<Participant> participants,
        List<String> survivors,
        List<Refusal> refusals,
        Outcome outcome) {

    /** Where a round stands. */
    public enum Stage {
        /** Sites announce themselves. */
        OPEN,
        /** Participants are known; they train and send. */
        COLLECTING,
        /** Updates are known; with secure aggregation, masks are taken off. */
        CLOSED,
        /** There is a new model. */
        AGGREGATED,
        /** Too few sites sent or helped: the model stays as it was. */
        LOST,
        /** After the last round: there is nothing more to do. */
        FINISHED
    }

    /**
     * @param examples how many faces it learns from
     * @param maskKey public key of its masks in this round; empty without secure aggregation
     * @param before its judgement of the model that the round starts from
     */
    public record Participant(String site, long examples, String maskKey, Judgement before) {}

    /**
     * How good a model is on a site's own validation faces.
     *
     * @param taken whether the site takes the model
     */
    public record Judgement(double auc, double logLoss, boolean taken) {}

    /** @param count how often this was refused for this reason */
    public record Refusal(String site, String reason, long count) {}

    /**
     * @param norms L2 norms of the sites' updates, in the survivors' order; none with secure aggregation
     * @param meanNorm of the mean update
     * @param epsilon spent so far
     * @param updateBytes that the survivors sent in this round
     * @param result what the next round starts from; empty when the model stays
     * @param detail one line for people
     */
    public record Outcome(
            List<Double> norms,
            Optional<Double> meanNorm,
            Optional<Double> epsilon,
            long updateBytes,
            Optional<Transfer> result,
            String detail) {
        static final Outcome NONE = new Outcome(List.of(), Optional.empty(), Optional.empty(), 0, Optional.empty(), "");
    }

    /** Whether the round has come to its end. */
    public boolean over() {
        return stage == Stage.AGGREGATED || stage == Stage.LOST || stage == Stage.FINISHED;
    }

    Optional<Participant> participant(String site) {
        return participants.stream().filter(known -> known.site().equals(site)).findFirst();
    }

    Round at(Stage next, Instant now) {
        return new Round(federation, number, next, now, updatesFrom, model, participants, survivors, refusals, outcome);
    }

    Round withParticipants(List<Participant> announced) {
        return new Round(federation, number, stage, since, updatesFrom, model, announced, survivors, refusals, outcome);
    }

    Round withSurvivors(List<String> sites) {
        return new Round(federation, number, stage, since, updatesFrom, model, participants, sites, refusals, outcome);
    }

    Round withRefusals(List<Refusal> refused) {
        return new Round(
                federation, number, stage, since, updatesFrom, model, participants, survivors, refused, outcome);
    }

    Round withOutcome(Outcome result) {
        return new Round(
                federation, number, stage, since, updatesFrom, model, participants, survivors, refusals, result);
    }
}
