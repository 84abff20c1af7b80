package io.unmask.detector.federate;

import io.unmask.config.Settings;
import io.unmask.model.federate.ClipBounds;
import io.unmask.model.federate.FederatedAverage;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.federate.VectorBytes;
import io.unmask.model.train.FederatedModel;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Runs the rounds of a federation. Each stage of a round is one transaction on Kafka, and all that a later stage needs is
 * read from there again, so that a coordinator that was killed goes on where it was. Runs on the caller's thread.
 */
public final class Coordinator {
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    private final Plan plan;
    private final FederatedModel model;
    private final TensorLayout layout;
    private final Context context;

    /**
     * What a coordinator or a site works with.
     *
     * @param keys its own
     * @param stopped says whether the user wants to stop
     */
    public record Context(
            Settings.Kafka kafka,
            Map<String, Object> connection,
            SiteKeys keys,
            Clock clock,
            FederationListener listener,
            BooleanSupplier stopped) {

        /** Waits until Kafka is tried again, or the user stops. */
        void pause(FederationException.Unavailable why) {
            listener.unreachable(why.getMessage());
            long start = System.nanoTime();
            while (System.nanoTime() - start < TRY_AGAIN.toNanos() && !stopped.getAsBoolean()) {
                LockSupport.parkNanos(TRY_AGAIN.toNanos() / 10);
            }
        }
    }

    /**
     * @param plan must equal the one with which the federation began
     * @param model the first model, which the plan names
     */
    public Coordinator(Plan plan, FederatedModel model, Context context) {
        this.plan = plan;
        this.model = model;
        this.layout = layout(plan, model);
        this.context = context;
    }

    static TensorLayout layout(Plan plan, FederatedModel model) {
        return layout(model, plan.protection().ownNormalisation());
    }

    /**
     * The tensors that sites and the coordinator exchange.
     *
     * @param ownNormalisation whether each site keeps its batch normalisation to itself
     */
    public static TensorLayout layout(FederatedModel model, boolean ownNormalisation) {
        return ownNormalisation ? model.sharedWithoutNormalisation() : model.shared();
    }

    /** What a plan says of the network. */
    public static Plan.Network network(FederatedModel model, boolean ownNormalisation) {
        byte[] base = VectorBytes.of(model.whole().flatten(model.values()));
        String layout = layout(model, ownNormalisation).digest();
        return new Plan.Network(model.sizes(), model.labels(), layout, Transfer.of(base));
    }

    /**
     * Runs to the last round, or until the user stops.
     *
     * @return every tensor of the last model; empty when the user stopped
     * @throws FederationException.Refused when it cannot go on
     */
    public Optional<Map<String, float[]>> run() {
        while (!context.stopped().getAsBoolean()) {
            try (FederationLink link = FederationLink.open(
                    context.kafka(), context.connection(), Optional.of("unmask-federation-" + plan.federation()))) {
                return drive(link);
            } catch (FederationException.Unavailable e) {
                context.pause(e);
            }
        }
        return Optional.empty();
    }

    private Optional<Map<String, float[]>> drive(FederationLink link) {
        FederationState state = state(link);
        context.listener().connected();
        if (state.plan().isEmpty()) {
            begin(link, state);
        } else {
            context.listener().resumed(plan, state.rounds().values());
        }
        while (!context.stopped().getAsBoolean()) {
            Round latest = state.latest().orElseThrow();
            if (latest.stage() == Round.Stage.FINISHED) {
                return Optional.of(values(state, latest));
            }
            if (latest.over()) {
                publish(link, state, next(latest, updatesFrom(link)));
            } else {
                new RoundRun(link, state, latest).run();
            }
        }
        return Optional.empty();
    }

    private FederationState state(FederationLink link) {
        String own = context.keys().publicSigningKey();
        FederationState state = FederationState.read(plan.federation(), Optional.empty(), link);
        if (state.coordinatorKey().filter(key -> !key.equals(own)).isPresent()) {
            throw new FederationException.Refused("federation " + plan.federation()
                    + " was begun with another key: bring its --state folder, or give another --name");
        }
        if (state.plan().filter(begun -> !begun.equals(plan)).isPresent()) {
            throw new FederationException.Refused("federation " + plan.federation() + " was begun with other settings ("
                    + PlanDifference.of(state.plan().get(), plan) + "): give these, or another --name");
        }
        return state;
    }

    private void begin(FederationLink link, FederationState state) {
        byte[] base = VectorBytes.of(model.whole().flatten(model.values()));
        byte[] shared = VectorBytes.of(layout.flatten(model.values()));
        Round first = next(1, Transfer.of(shared), link.endOf(FederationLink.UPDATES));
        List<Envelope> models = new ArrayList<>(chunks("base", base));
        models.addAll(chunks("model", shared));
        List<Envelope> round = List.of(
                record(FederationState.PLAN, plan.federation() + "/plan", plan),
                record(FederationState.ROUND, key(first), first));
        // Topics of one transaction become readable one after another. With two, whoever reads the round can read the
        // models.
        link.send(models);
        link.send(round);
        round.forEach(state::take);
        models.forEach(state::take);
        context.listener().round(plan, first);
    }

    private static long updatesFrom(FederationLink link) {
        // Records that were sent before a round opens cannot belong to it.
        return Optional.ofNullable(link.positions().get(FederationLink.UPDATES))
                .orElseGet(() -> link.endOf(FederationLink.UPDATES));
    }

    private Round next(Round over, long updatesFrom) {
        return next(over.number() + 1, over.outcome().result().orElse(over.model()), updatesFrom);
    }

    private Round next(long number, Transfer start, long updatesFrom) {
        return new Round(
                plan.federation(),
                number,
                Round.Stage.OPEN,
                context.clock().instant(),
                updatesFrom,
                start,
                List.of(),
                List.of(),
                List.of(),
                Round.Outcome.NONE);
    }

    private Map<String, float[]> values(FederationState state, Round round) {
        byte[] shared = state.model("model", round.model())
                .orElseThrow(() -> new FederationException.Refused(
                        "the model of round " + round.number() + " is not whole on " + FederationLink.MODELS
                                + ": somebody removed records there; begin anew under another --name"));
        Map<String, float[]> values = new LinkedHashMap<>(model.values());
        values.putAll(layout.unflatten(VectorBytes.floats(shared)));
        return values;
    }

    private void publish(FederationLink link, FederationState state, Round round) {
        send(link, state, List.of(record(FederationState.ROUND, key(round), round)));
        context.listener().round(plan, round);
    }

    private void send(FederationLink link, FederationState state, List<Envelope> records) {
        link.send(records);
        records.forEach(state::take);
    }

    private static String key(Round round) {
        return "%s/round/%06d".formatted(round.federation(), round.number());
    }

    private Envelope record(String type, String key, Object value) {
        return Envelope.signed(context.keys(), FederationLink.ROUNDS, key, headers(type), FederationJson.bytes(value));
    }

    private List<Envelope> chunks(String kind, byte[] bytes) {
        return SiteMessages.chunks(
                bytes,
                new SiteMessages.Place(FederationLink.MODELS, plan.federation() + "/" + kind, true, headers(kind)),
                context.keys());
    }

    private Map<String, String> headers(String type) {
        return SiteMessages.headers(type, plan.federation(), context.keys().publicSigningKey());
    }

    /** One round, from the stage that it is in to its end. */
    private final class RoundRun {
        private final FederationLink link;
        private final FederationState state;
        private final Inbox inbox;
        private Round round;
        /** When the deadline began to count: time in which the broker or the coordinator was away is not the sites' fault. */
        private Instant waitsSince = context.clock().instant();

        private boolean toldOfTooFew;

        RoundRun(FederationLink link, FederationState state, Round round) {
            this.link = link;
            this.state = state;
            this.round = round;
            this.inbox = new Inbox(plan, layout, round, context.listener());
        }

        void run() {
            link.follow(Map.of(FederationLink.UPDATES, round.updatesFrom()));
            while (!round.over() && !context.stopped().getAsBoolean()) {
                link.poll().forEach(inbox::take);
                Duration waited = Duration.between(waitsSince, context.clock().instant());
                // caughtUp comes first, so that a broker that is away is noticed long before a deadline.
                boolean late = link.caughtUp() && waited.toSeconds() >= plan.deadlineSeconds();
                switch (round.stage()) {
                    case OPEN -> gather(late);
                    case COLLECTING -> collect(late);
                    case CLOSED -> aggregate(late);
                    default -> throw new IllegalStateException(round.toString());
                }
            }
        }

        private void gather(boolean late) {
            int announced = inbox.announcements().size();
            boolean last = round.number() > plan.rounds();
            if (announced == plan.members().size() || (late && (last || announced >= plan.quorum()))) {
                List<Round.Participant> participants = inbox.announcements().values().stream()
                        .map(a -> new Round.Participant(a.site(), a.examples(), a.maskKey(), a.before()))
                        .toList();
                move(
                        round.withParticipants(participants),
                        last ? Round.Stage.FINISHED : Round.Stage.COLLECTING,
                        List.of());
            } else if (late && !toldOfTooFew) {
                toldOfTooFew = true;
                context.listener()
                        .told(announced + " of " + plan.members().size()
                                + " sites have announced themselves in time, the quorum is " + plan.quorum()
                                + ": round " + round.number() + " waits for more");
            }
        }

        private void collect(boolean late) {
            int arrived = inbox.updates().size();
            if (arrived == round.participants().size() || (late && arrived >= plan.quorum())) {
                move(round.withSurvivors(List.copyOf(inbox.updates().keySet())), Round.Stage.CLOSED, List.of());
            } else if (late) {
                lose(arrived + " of " + round.participants().size() + " updates came in time, the quorum is "
                        + plan.quorum());
            }
        }

        private void aggregate(boolean late) {
            Aggregation aggregation = new Aggregation(plan, layout, round, inbox);
            if (!aggregation.canUnmask()) {
                if (late) {
                    lose("too few sites revealed shares: the masks cannot be taken off");
                }
                return;
            }
            if (!inbox.updates().keySet().containsAll(round.survivors())) {
                // After a restart, the updates have yet to be read again.
                if (late) {
                    lose("its updates are no longer on Kafka");
                }
                return;
            }
            try {
                float[] mean = aggregation.mean();
                float[] start = layout.flatten(values(state, round));
                byte[] moved = VectorBytes.of(FederatedAverage.apply(start, mean));
                Round.Outcome outcome = new Round.Outcome(
                        aggregation.norms(),
                        Optional.of(ClipBounds.norms(layout, mean).weights()),
                        plan.epsilon(state.endedRounds() + 1),
                        (long) moved.length * round.survivors().size(),
                        Optional.of(Transfer.of(moved)),
                        "");
                move(round.withOutcome(outcome), Round.Stage.AGGREGATED, chunks("model", moved));
            } catch (GeneralSecurityException e) {
                lose(e.getMessage());
            }
        }

        private void lose(String why) {
            Round.Outcome outcome = new Round.Outcome(
                    List.of(), Optional.empty(), plan.epsilon(state.endedRounds() + 1), 0, Optional.empty(), why);
            move(round.withOutcome(outcome), Round.Stage.LOST, List.of());
        }

        private void move(Round changed, Round.Stage stage, List<Envelope> models) {
            round = changed.at(stage, context.clock().instant()).withRefusals(inbox.refusals());
            List<Envelope> records = new ArrayList<>(models);
            records.add(record(FederationState.ROUND, key(round), round));
            send(link, state, records);
            inbox.moveTo(round);
            context.listener().round(plan, round);
            // Sites learn of the stage now, however long sending the records took.
            waitsSince = context.clock().instant();
        }
    }
}
