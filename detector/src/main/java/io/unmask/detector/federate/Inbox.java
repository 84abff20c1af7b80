package io.unmask.detector.federate;

import io.unmask.model.federate.AgreementKeys;
import io.unmask.model.federate.ClipBounds;
import io.unmask.model.federate.FederatedAverage;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.federate.VectorBytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Keeps what sites send for one round, and refuses what is wrong with a reason. The same records in the same order give
 * the same result, so that a coordinator that was restarted only has to read them again. Not thread-safe.
 */
final class Inbox {
    private static final int MAX_REFUSALS = 200;
    private static final int MAX_REFUSAL_CHARS = 300;

    private final Plan plan;
    private final TensorLayout layout;
    private final FederationListener listener;
    private final ChunkAssembler chunks;
    private final Map<String, SiteMessage.Announcement> announcements = new TreeMap<>();
    private final Map<String, byte[]> updates = new TreeMap<>();
    private final Map<String, SiteMessage.Reveal> reveals = new TreeMap<>();
    private final Map<List<String>, Long> refusals = new LinkedHashMap<>();
    private Round round;

    Inbox(Plan plan, TensorLayout layout, Round round, FederationListener listener) {
        this.plan = plan;
        this.layout = layout;
        this.round = round;
        this.listener = listener;
        this.chunks = new ChunkAssembler((long) layout.size() * Integer.BYTES);
    }

    /** Tells that the round has reached its next stage. */
    void moveTo(Round next) {
        round = next;
    }

    /** By site, in order. */
    Map<String, SiteMessage.Announcement> announcements() {
        return announcements;
    }

    /** Values of the updates by site, in order. */
    Map<String, byte[]> updates() {
        return updates;
    }

    /** By site, in order. */
    Map<String, SiteMessage.Reveal> reveals() {
        return reveals;
    }

    List<Round.Refusal> refusals() {
        return refusals.entrySet().stream()
                .map(entry ->
                        new Round.Refusal(entry.getKey().get(0), entry.getKey().get(1), entry.getValue()))
                .toList();
    }

    void take(Envelope record) {
        if (!record.header(Envelope.FEDERATION).equals(plan.federation())) {
            return;
        }
        String site = record.header(Envelope.SENDER);
        Optional<Member> member = plan.member(site);
        if (member.isEmpty()) {
            refuse(site.replaceAll("[^A-Za-z0-9._-]", "?"), "is not registered: give the coordinator its line of keys");
        } else if (!record.isSignedBy(member.get().signingKey())) {
            refuse(site, "a record is not signed by its registered key");
        } else if (!record.header(Envelope.TYPE).equals(Envelope.CHUNK)) {
            read(record).ifPresent(this::take);
        } else if (!updates.containsKey(site)) {
            chunks.take(record);
        }
    }

    private Optional<SiteMessage> read(Envelope record) {
        String site = record.header(Envelope.SENDER);
        try {
            SiteMessage message = SiteMessages.read(record);
            if (message.site().equals(site) && message.federation().equals(plan.federation())) {
                return Optional.of(message);
            }
            refuse(site, "signed a record in the name of " + message.site());
        } catch (IOException e) {
            refuse(site, "a record cannot be read, as if it had been cut");
        }
        return Optional.empty();
    }

    private void take(SiteMessage message) {
        if (message instanceof SiteMessage.Update update && update.round() < round.number()) {
            refuse(update.site(), "its update of round " + update.round() + " came after that round was closed");
        } else if (message.round() != round.number()) {
            // Other messages of another round no longer matter.
            return;
        } else if (message instanceof SiteMessage.Announcement announcement) {
            announce(announcement);
        } else if (message instanceof SiteMessage.Update update) {
            update(update);
        } else if (message instanceof SiteMessage.Reveal reveal) {
            reveals.putIfAbsent(reveal.site(), reveal);
        }
    }

    private void announce(SiteMessage.Announcement announcement) {
        SiteMessage.Announcement before = announcements.get(announcement.site());
        if (before != null) {
            if (!before.maskKey().equals(announcement.maskKey())) {
                refuse(announcement.site(), "announced itself again with other keys; the first ones count");
            }
            return;
        }
        Optional<String> fault = fault(announcement);
        if (fault.isPresent()) {
            refuse(announcement.site(), fault.get());
        } else {
            announcements.put(announcement.site(), announcement);
        }
    }

    private Optional<String> fault(SiteMessage.Announcement a) {
        Plan.Network own = plan.network();
        Plan.Network its = a.network();
        if (!its.labels().equals(own.labels())) {
            return Optional.of("labels " + its.labels() + ", the federation's are " + own.labels());
        }
        if (!its.sizes().equals(own.sizes()) || !its.layout().equals(own.layout())) {
            return Optional.of("another architecture: " + its.sizes() + ", the federation trains " + own.sizes());
        }
        if (!its.base().digest().equals(own.base().digest())) {
            return Optional.of("another base model: " + its.base().digest() + ", the federation starts from "
                    + own.base().digest());
        }
        if (a.examples() < 1) {
            return Optional.of(a.examples() + " examples");
        }
        if (plan.protection().secure()) {
            return faultOfKeys(a);
        }
        return a.maskKey().isEmpty() ? Optional.empty() : Optional.of("it brings a mask key, and there are no masks");
    }

    private Optional<String> faultOfKeys(SiteMessage.Announcement a) {
        try {
            AgreementKeys.publicKey(Base64.getDecoder().decode(a.maskKey()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.of("its mask key is no X25519 key that can be used");
        }
        return plan.members().stream().allMatch(member -> a.shares().get(member.site()) != null)
                ? Optional.empty()
                : Optional.of("it shares its secrets with too few members");
    }

    private void update(SiteMessage.Update update) {
        if (updates.containsKey(update.site())) {
            return;
        }
        Optional<String> fault = fault(update);
        if (fault.isPresent()) {
            refuse(update.site(), fault.get());
        } else {
            updates.put(
                    update.site(), chunks.whole(update.site(), update.values()).orElseThrow());
            chunks.drop(update.site());
        }
    }

    private Optional<String> fault(SiteMessage.Update update) {
        Optional<Round.Participant> participant = round.participant(update.site());
        if (participant.isEmpty()) {
            return Optional.of("sent an update without having announced itself in time");
        }
        if (round.stage() != Round.Stage.COLLECTING && !round.survivors().contains(update.site())) {
            return Optional.of("its update of round " + update.round() + " came after that round was closed");
        }
        if (!update.start().equals(round.model().digest())) {
            return Optional.of("its update starts from another model: " + update.start());
        }
        if (!update.maskKey().equals(participant.get().maskKey())) {
            return Optional.of("its update is masked with keys that are not this round's");
        }
        long expected = (long) layout.size() * Integer.BYTES;
        if (update.values().bytes() != expected) {
            return Optional.of("its update has " + update.values().bytes() + " bytes, not " + expected);
        }
        Optional<byte[]> whole = chunks.whole(update.site(), update.values());
        if (whole.isEmpty()) {
            return Optional.of("its update did not arrive whole");
        }
        return plan.protection().secure() ? Optional.empty() : faultOfValues(whole.get(), participant.get());
    }

    private Optional<String> faultOfValues(byte[] values, Round.Participant participant) {
        ClipBounds.Norms norms = ClipBounds.norms(layout, VectorBytes.floats(values));
        if (!norms.finite()) {
            return Optional.of("its update has values that are NaN or infinite");
        }
        double weight =
                FederatedAverage.weight(participant.examples(), plan.effort().exampleCap());
        return plan.clippingFault(layout, norms, weight, 1).map(fault -> "its update of " + fault);
    }

    private void refuse(String site, String reason) {
        List<String> key = List.of(shortened(site), shortened(reason));
        if (refusals.containsKey(key) || refusals.size() < MAX_REFUSALS) {
            refusals.merge(key, 1L, Long::sum);
            listener.refused(key.get(0), key.get(1));
        }
    }

    /** Senders choose parts of these texts, and all refusals of a round must fit into one record. */
    private static String shortened(String text) {
        return text.length() <= MAX_REFUSAL_CHARS ? text : text.substring(0, MAX_REFUSAL_CHARS) + "...";
    }
}
