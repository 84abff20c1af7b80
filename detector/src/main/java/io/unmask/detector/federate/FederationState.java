package io.unmask.detector.federate;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the coordinator has said so far, read from {@code federation.rounds} and {@code federation.models}. Only records
 * that it signed count. Not thread-safe.
 */
final class FederationState {
    static final String PLAN = "plan";
    static final String ROUND = "round";
    private static final long MAX_MODEL_BYTES = 1L << 31;
    private static final Map<String, Long> FROM_THE_START =
            Map.of(FederationLink.ROUNDS, 0L, FederationLink.MODELS, 0L);

    private final String federation;
    private Optional<String> coordinatorKey;
    private Optional<Plan> plan = Optional.empty();
    private Optional<String> otherKey = Optional.empty();
    private final TreeMap<Long, Round> rounds = new TreeMap<>();
    private final Map<String, ChunkAssembler> transfers = new HashMap<>();

    /** @param coordinatorKey the key whose records count; empty: that of the first plan on the topic */
    FederationState(String federation, Optional<String> coordinatorKey) {
        this.federation = federation;
        this.coordinatorKey = coordinatorKey;
    }

    /** Reads everything that is there; the link goes on following both topics. */
    static FederationState read(String federation, Optional<String> coordinatorKey, FederationLink link) {
        FederationState state = new FederationState(federation, coordinatorKey);
        link.follow(FROM_THE_START);
        do {
            state.poll(link);
        } while (!link.caughtUp());
        return state;
    }

    /**
     * Takes what has come. The two topics come in any order, so that records may come before the plan that names the
     * coordinator's key. Without the key they did not count; both topics are then read from the start again.
     */
    void poll(FederationLink link) {
        boolean known = coordinatorKey.isPresent();
        link.poll().forEach(this::take);
        if (!known && coordinatorKey.isPresent()) {
            link.follow(FROM_THE_START);
        }
    }

    /** The key whose records count. */
    Optional<String> coordinatorKey() {
        return coordinatorKey;
    }

    /** The key of another coordinator that has begun a federation of this name. */
    Optional<String> otherKey() {
        return otherKey;
    }

    Optional<Plan> plan() {
        return plan;
    }

    SortedMap<Long, Round> rounds() {
        return rounds;
    }

    Optional<Round> latest() {
        return rounds.isEmpty()
                ? Optional.empty()
                : Optional.of(rounds.lastEntry().getValue());
    }

    /**
     * A model that the coordinator sent; empty when it did not arrive whole.
     *
     * @param kind {@code base} for every tensor of the first model, {@code model} for what a round starts from
     */
    Optional<byte[]> model(String kind, Transfer transfer) {
        return Optional.ofNullable(transfers.get(kind))
                .flatMap(found -> found.whole(coordinatorKey.orElseThrow(), transfer));
    }

    /** How many rounds made a model or were lost. Sites may have sent updates in each, which spends privacy. */
    long endedRounds() {
        return rounds.values().stream()
                .filter(round -> round.stage() == Round.Stage.AGGREGATED || round.stage() == Round.Stage.LOST)
                .count();
    }

    /** Takes a record of this federation that the coordinator signed. */
    void take(Envelope record) {
        if (!record.header(Envelope.FEDERATION).equals(federation)) {
            return;
        }
        if (coordinatorKey.isEmpty() && record.header(Envelope.TYPE).equals(PLAN)) {
            coordinatorKey = Optional.of(record.header(Envelope.SENDER));
        }
        if (coordinatorKey.filter(record::isSignedBy).isEmpty()) {
            if (record.header(Envelope.TYPE).equals(PLAN)) {
                otherKey = Optional.of(record.header(Envelope.SENDER)).filter(record::isSignedBy);
            }
            return;
        }
        if (record.topic().equals(FederationLink.MODELS)) {
            String kind = record.header(Envelope.TYPE);
            transfers
                    .computeIfAbsent(kind, key -> new ChunkAssembler(MAX_MODEL_BYTES))
                    .take(record);
            return;
        }
        try {
            if (record.header(Envelope.TYPE).equals(PLAN)) {
                plan = Optional.of(FederationJson.read(record.value(), Plan.class));
            } else if (record.header(Envelope.TYPE).equals(ROUND)) {
                Round round = FederationJson.read(record.value(), Round.class);
                rounds.put(round.number(), round);
            }
        } catch (IOException e) {
            throw new FederationException.Refused(
                    record.topic() + " offset " + record.offset() + ": a record of the coordinator cannot be read ("
                            + e.getMessage().lines().findFirst().orElse("") + "); run one version of unmask everywhere",
                    e);
        }
    }
}
