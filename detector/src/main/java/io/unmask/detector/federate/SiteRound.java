package io.unmask.detector.federate;

import io.unmask.model.federate.ClipBounds;
import io.unmask.model.federate.FederatedAverage;
import io.unmask.model.federate.FixedPoint;
import io.unmask.model.federate.GaussianNoise;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.federate.VectorBytes;
import io.unmask.model.train.FederatedModel;
import io.unmask.model.train.LocalTraining;
import io.unmask.model.train.Progress;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A site's part in each stage of a round. Its memory says what was done, so that a restart does not do it twice. */
record SiteRound(Plan plan, Member self, FederationState state, FederationLink link, Part part) {

    /** Stands for an infinite log-loss, which JSON cannot hold: the log-loss at the smallest probability above 0. */
    private static final double WORST_LOG_LOSS = -Math.log(Double.MIN_VALUE);

    /** @param tolerance see {@link Site.Request} */
    record Part(LocalTraining training, SiteMemory memory, Coordinator.Context context, double tolerance) {}

    /**
     * Does what the round's stage asks for.
     *
     * @return whether the site has nothing more to do in this federation
     */
    boolean act(Round round) throws IOException, InterruptedException {
        switch (round.stage()) {
            case OPEN -> announce(round);
            case COLLECTING -> train(round);
            case CLOSED -> reveal(round);
            case FINISHED -> judgeIfNew(round);
            case AGGREGATED, LOST -> {}
        }
        return round.number() > plan.rounds() && round.stage() != Round.Stage.LOST;
    }

    private void announce(Round round) throws IOException {
        part.memory().enter(round.number(), plan.protection().secure());
        Round.Judgement judgement = judge(round, start(round));
        send(new SiteMessage.Announcement(
                plan.federation(),
                round.number(),
                self.site(),
                part.training().examples(),
                network(),
                part.memory().notes().current().publicMaskKey(),
                plan.protection().secure() ? shares() : Map.of(),
                judgement));
    }

    /** Judges the final model for a site that was away while the others judged it. */
    private void judgeIfNew(Round round) throws IOException {
        if (isNew(round)) {
            judge(round, start(round));
        }
    }

    private boolean isNew(Round round) {
        Optional<String> judged = part.memory().notes().models().judged();
        return !judged.equals(Optional.of(round.model().digest()));
    }

    private Map<String, String> shares() {
        try {
            return SealedShares.seal(
                    plan,
                    part.memory().notes().current().round(),
                    self.site(),
                    part.context().keys().agreementKey(),
                    part.memory().secrets());
        } catch (GeneralSecurityException e) {
            throw new FederationException.Refused("the keys of this round cannot be read: " + e.getMessage(), e);
        }
    }

    /** The network that this site trains. Its base model is the plan's, which came from the coordinator. */
    private Plan.Network network() {
        FederatedModel model = part.training().model();
        return new Plan.Network(
                model.sizes(),
                model.labels(),
                Coordinator.layout(plan, model).digest(),
                plan.network().base());
    }

    /** The model that a round starts from, with the tensors that this site keeps to itself. */
    private Map<String, float[]> start(Round round) throws IOException {
        FederatedModel model = part.training().model();
        Optional<float[]> own =
                plan.protection().ownNormalisation() ? part.memory().own() : Optional.empty();
        float[] rest = own.isPresent()
                ? own.get()
                : VectorBytes.floats(arrived("base", plan.network().base()));
        Map<String, float[]> values = new LinkedHashMap<>(model.whole().unflatten(rest));
        values.putAll(layout().unflatten(VectorBytes.floats(arrived("model", round.model()))));
        return values;
    }

    private byte[] arrived(String kind, Transfer transfer) {
        return state.model(kind, transfer)
                .orElseThrow(() -> new FederationException.Refused("the " + kind + " of federation " + plan.federation()
                        + " did not arrive whole: records are missing on " + FederationLink.MODELS
                        + ", or its digest is not " + transfer.digest()));
    }

    private TensorLayout layout() {
        return Coordinator.layout(plan, part.training().model());
    }

    /** Judges the model that a round starts from. A new one is taken unless it is clearly worse than the last one taken. */
    private Round.Judgement judge(Round round, Map<String, float[]> values) throws IOException {
        Optional<Progress.Judged> judged = part.training().judge(values);
        SiteMemory.Models known = part.memory().notes().models();
        double auc = judged.map(Progress.Judged::auc).orElse(0.0);
        double takenAuc = known.taken().orElse(0.0);
        long source = source(round);
        boolean isNew = isNew(round);
        boolean isGoodEnough = judged.isPresent() && auc >= takenAuc - part.tolerance();
        boolean isTaken = source > 0 && (isNew ? isGoodEnough : known.takenRound() == source);
        String decision = ", unchanged";
        if (isNew) {
            part.memory()
                    .judged(
                            new SiteMemory.Models(
                                    Optional.of(round.model().digest()),
                                    isTaken || source == 0 ? Optional.of(auc) : known.taken(),
                                    isTaken ? source : known.takenRound()),
                            isTaken
                                    ? Optional.of(
                                            part.training().model().whole().flatten(values))
                                    : Optional.empty());
            decision = source == 0
                    ? ""
                    : isTaken ? ", taken" : ", refused: the model that this site has reaches %.4f".formatted(takenAuc);
        }
        String worth = judged.map(found -> "AUC %.4f, log-loss %.4f".formatted(found.auc(), found.logLoss()))
                .orElse("a score is NaN or infinite");
        part.context()
                .listener()
                .told("the model of round " + source + " on this site's validation faces: " + worth + decision);
        return new Round.Judgement(auc, judged.map(Progress.Judged::logLoss).orElse(WORST_LOG_LOSS), isTaken);
    }

    /** The round that made the model from which this one starts; 0 for the federation's first model. */
    private long source(Round round) {
        return state.rounds().headMap(round.number()).values().stream()
                .filter(before -> before.stage() == Round.Stage.AGGREGATED)
                .mapToLong(Round::number)
                .max()
                .orElse(0);
    }

    private void train(Round round) throws IOException, InterruptedException {
        SiteMemory.Current notes = part.memory().notes().current();
        Optional<Round.Participant> own = round.participant(self.site());
        if (own.isEmpty()) {
            part.context()
                    .listener()
                    .told("round " + round.number() + " began without this site; it joins the next one");
            return;
        }
        if (notes.round() != round.number()
                || !notes.publicMaskKey().equals(own.get().maskKey())) {
            part.context()
                    .listener()
                    .told("this site's keys of round " + round.number() + " are lost; it joins the next one");
            return;
        }
        if (notes.sent()) {
            return;
        }
        Optional<byte[]> update = part.memory().update();
        if (update.isEmpty()) {
            update = makeUpdate(round, own.get());
        }
        if (update.isPresent()) {
            sendUpdate(round, update.get());
        }
    }

    /** Trains, and keeps the update in memory before it is sent; empty when the user stopped the training. */
    private Optional<byte[]> makeUpdate(Round round, Round.Participant own) throws IOException, InterruptedException {
        Map<String, float[]> start = start(round);
        Optional<Map<String, float[]>> trained = part.training()
                .train(
                        new LocalTraining.Round(
                                round.number(),
                                plan.rounds(),
                                plan.effort().epochs(),
                                plan.effort().maxSteps(),
                                round.model().digest()),
                        start);
        if (trained.isEmpty()) {
            return Optional.empty();
        }
        TensorLayout layout = layout();
        float[] update = FederatedAverage.difference(layout.flatten(start), layout.flatten(trained.get()));
        ClipBounds.Norms norms = ClipBounds.norms(layout, update);
        if (!norms.finite()) {
            throw new FederationException.Refused(
                    "this site's update of round " + round.number()
                            + " has values that are NaN or infinite, and is not sent: look at its data, or lower learning-rate");
        }
        byte[] values = protect(round, own, update);
        if (plan.protection().ownNormalisation()) {
            part.memory().own(part.training().model().whole().flatten(trained.get()));
        }
        part.memory().update(values);
        double clip = plan.protection().clipNorm();
        part.context()
                .listener()
                .told("the update of round %d has norm %.3g%s"
                        .formatted(
                                round.number(),
                                norms.weights(),
                                norms.weights() > clip ? ", clipped to %.3g".formatted(clip) : ""));
        return Optional.of(values);
    }

    private void sendUpdate(Round round, byte[] values) throws IOException {
        List<Envelope> records = new ArrayList<>(SiteMessages.chunks(
                values,
                new SiteMessages.Place(
                        FederationLink.UPDATES,
                        plan.federation() + "/" + self.site(),
                        false,
                        SiteMessages.headers(Envelope.CHUNK, plan.federation(), self.site())),
                part.context().keys()));
        records.add(envelope(new SiteMessage.Update(
                plan.federation(),
                round.number(),
                self.site(),
                round.model().digest(),
                part.memory().notes().current().publicMaskKey(),
                Transfer.of(values))));
        link.send(records);
        part.memory().sent();
        part.context().listener().told("sent the update of round " + round.number() + ": " + values.length + " bytes");
    }

    /** Clips an update, weighs it by the announced number of faces and, as the plan says, adds noise and masks. */
    private byte[] protect(Round round, Round.Participant own, float[] update) {
        TensorLayout layout = layout();
        double weight = FederatedAverage.weight(own.examples(), plan.effort().exampleCap());
        float[] weighted = FederatedAverage.weighted(plan.bounds().clip(layout, update), weight);
        Optional<GaussianNoise> noise = plan.noise();
        float[] share = noise.isPresent() ? noise.get().add(weighted, new SecureRandom()) : weighted;
        if (!plan.protection().secure()) {
            return VectorBytes.of(share);
        }
        try {
            return VectorBytes.of(Aggregation.secureSum(plan, round)
                    .mask(self.site(), encode(layout, share), part.memory().secrets()));
        } catch (GeneralSecurityException e) {
            throw new FederationException.Refused(
                    "the mask keys of round " + round.number() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private int[] encode(TensorLayout layout, float[] values) {
        FixedPoint weights = plan.fixedPoint(false);
        FixedPoint statistics = plan.fixedPoint(true);
        int[] encoded = new int[values.length];
        int at = 0;
        for (TensorLayout.Tensor tensor : layout.tensors()) {
            FixedPoint fixed = tensor.statistic() ? statistics : weights;
            for (int end = at + tensor.size(); at < end; at++) {
                encoded[at] = fixed.encode(values[at]);
            }
        }
        return encoded;
    }

    /** Reveals shares for one list of survivors only. Two lists could give away both secrets of a site. */
    private void reveal(Round round) throws IOException {
        List<String> before = part.memory().notes().current().revealedFor();
        boolean known = part.memory().notes().current().round() == round.number();
        if (!plan.protection().secure() || !known || (!before.isEmpty() && !before.equals(round.survivors()))) {
            return;
        }
        if (round.survivors().size() < Math.max(plan.quorum(), Plan.MIN_SECURE_SITES)) {
            throw new FederationException.Refused(
                    "the coordinator asks for the sum of " + round.survivors().size() + " updates in round "
                            + round.number() + ", fewer than the quorum: nothing is revealed");
        }
        part.memory().revealing(round.survivors());
        Map<String, String> seeds = new TreeMap<>();
        Map<String, String> maskKeys = new TreeMap<>();
        Map<String, SiteMessage.Announcement> announcements = announcements(round);
        for (Round.Participant participant : round.participants()) {
            String site = participant.site();
            try {
                if (!announcements.containsKey(site)) {
                    continue;
                }
                SealedShares.Opened opened = SealedShares.open(
                        plan,
                        announcements.get(site),
                        self.site(),
                        part.context().keys().agreementKey());
                if (round.survivors().contains(site)) {
                    seeds.put(site, opened.seed());
                } else {
                    maskKeys.put(site, opened.maskKey());
                }
            } catch (GeneralSecurityException e) {
                part.context().listener().refused(site, "its shares for this site cannot be read");
            }
        }
        send(new SiteMessage.Reveal(plan.federation(), round.number(), self.site(), seeds, maskKeys));
    }

    /** The announcements that the coordinator accepted: signed, of this round, and with the mask key that it lists. */
    private Map<String, SiteMessage.Announcement> announcements(Round round) {
        Inbox inbox = new Inbox(
                plan,
                layout(),
                round.at(Round.Stage.OPEN, round.since()),
                part.context().listener());
        link.readFrom(FederationLink.UPDATES, round.updatesFrom(), record -> record.header(Envelope.TYPE)
                        .equals(SiteMessages.ANNOUNCEMENT))
                .forEach(inbox::take);
        Map<String, SiteMessage.Announcement> announcements = new TreeMap<>();
        for (Round.Participant participant : round.participants()) {
            SiteMessage.Announcement found = inbox.announcements().get(participant.site());
            if (found != null && found.maskKey().equals(participant.maskKey())) {
                announcements.put(participant.site(), found);
            }
        }
        return announcements;
    }

    private void send(SiteMessage message) {
        link.send(List.of(envelope(message)));
    }

    private Envelope envelope(SiteMessage message) {
        return SiteMessages.envelope(message, part.context().keys());
    }
}
