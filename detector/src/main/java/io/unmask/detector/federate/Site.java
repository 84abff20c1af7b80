package io.unmask.detector.federate;

import io.unmask.model.federate.TensorLayout;
import io.unmask.model.federate.VectorBytes;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.train.FederatedModel;
import io.unmask.model.train.LocalTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One site of a federation. It announces itself, trains on its own data, sends its protected update, helps to take masks
 * off, and judges each new model before it takes it. Runs on the caller's thread.
 */
public final class Site implements AutoCloseable {
    private final Request request;
    private final Opener opener;
    private final Coordinator.Context context;
    private final SiteMemory memory;
    private Optional<LocalTraining> training = Optional.empty();

    /**
     * @param folder keeps what a restart needs
     * @param coordinatorKey of the coordinator to join; empty: the first one whose federation has this name
     * @param from the models whose mean the federation must start from; empty: any model
     * @param tolerance how much lower a new model's AUC on the site's own faces may be than that of the last one taken
     */
    public record Request(
            String federation, Path folder, Optional<String> coordinatorKey, List<Path> from, double tolerance) {}

    /** Loads the site's data for a plan. */
    @FunctionalInterface
    public interface Opener {
        LocalTraining open(Plan plan) throws IOException, InterruptedException;
    }

    public Site(Request request, Opener opener, Coordinator.Context context) throws IOException {
        this.request = request;
        this.opener = opener;
        this.context = context;
        this.memory = SiteMemory.in(request.folder(), request.federation());
    }

    /**
     * Takes part until the last round is over, or the user stops.
     *
     * @return the card of the model that the site took; empty when it took none, or was stopped
     * @throws FederationException.Refused when it cannot take part
     */
    public Optional<ModelCard> run() throws IOException, InterruptedException {
        while (!context.stopped().getAsBoolean()) {
            try (FederationLink link = FederationLink.open(context.kafka(), context.connection(), Optional.empty())) {
                return drive(link);
            } catch (FederationException.Unavailable e) {
                context.pause(e);
            }
        }
        return Optional.empty();
    }

    private Optional<ModelCard> drive(FederationLink link) throws IOException, InterruptedException {
        Optional<String> known = request.coordinatorKey().or(memory::coordinatorKey);
        FederationState state = FederationState.read(request.federation(), known, link);
        context.listener().connected();
        String told = "";
        while (!context.stopped().getAsBoolean()) {
            if (state.plan().isEmpty()) {
                String waiting = waiting(state);
                if (!told.equals(waiting)) {
                    told = waiting;
                    context.listener().told(told);
                }
            } else if (state.latest().isPresent()
                    && link.caughtUp()
                    && !stage(state).equals(told)) {
                Round round = state.latest().get();
                SiteRound part = part(state, link);
                told = stage(state);
                context.listener().round(state.plan().get(), round);
                if (part.act(round)) {
                    return finish(state);
                }
            }
            state.poll(link);
        }
        return Optional.empty();
    }

    private String waiting(FederationState state) {
        return "waiting for the coordinator of " + request.federation()
                + state.otherKey()
                        .map(
                                other -> "; one was begun with the key " + other
                                        + ", but this site goes by --coordinator-key or the key of the first coordinator that it met")
                        .orElse("");
    }

    private static String stage(FederationState state) {
        Round round = state.latest().orElseThrow();
        return round.number() + " " + round.stage();
    }

    private SiteRound part(FederationState state, FederationLink link) throws IOException, InterruptedException {
        Plan plan = state.plan().orElseThrow();
        Member self = plan.members().stream()
                .filter(member -> member.signingKey().equals(context.keys().publicSigningKey()))
                .findFirst()
                .orElseThrow(() -> new FederationException.Refused("this site's key is not registered in "
                        + plan.federation() + ": send the coordinator the line that 'unmask federate keys' prints"));
        if (memory.coordinatorKey().isEmpty()) {
            memory.joined(state.coordinatorKey().orElseThrow());
        }
        if (training.isEmpty()) {
            requireBase(plan);
            LocalTraining opened = opener.open(plan);
            training = Optional.of(opened);
            requireFit(
                    plan,
                    Coordinator.layout(plan, opened.model()),
                    opened.model().sizes());
        }
        return new SiteRound(
                plan, self, state, link, new SiteRound.Part(training.get(), memory, context, request.tolerance()));
    }

    private void requireBase(Plan plan) throws IOException {
        if (request.from().isEmpty()) {
            return;
        }
        FederatedModel base = FederatedModel.first(plan.trainSettings(), request.from());
        String digest =
                Transfer.of(VectorBytes.of(base.whole().flatten(base.values()))).digest();
        String expected = plan.network().base().digest();
        if (!digest.equals(expected)) {
            throw new FederationException.Refused("--from is another base model than that of federation "
                    + plan.federation() + ": the digest of its weights is " + digest + ", the federation's is "
                    + expected);
        }
    }

    private static void requireFit(Plan plan, TensorLayout layout, String sizes) {
        if (!layout.digest().equals(plan.network().layout())) {
            throw new FederationException.Refused("this version of unmask builds another network (" + sizes
                    + ") than federation " + plan.federation() + " trains ("
                    + plan.network().sizes()
                    + "): run the same version everywhere");
        }
        plan.fault(layout.tensors().stream().anyMatch(TensorLayout.Tensor::statistic))
                .ifPresent(fault -> {
                    throw new FederationException.Refused("the coordinator's plan cannot be trusted: " + fault);
                });
    }

    private Optional<ModelCard> finish(FederationState state) throws IOException {
        Optional<float[]> taken = memory.taken();
        if (taken.isEmpty()) {
            context.listener().told("no model of the federation was taken: the site keeps what it has");
            return Optional.empty();
        }
        LocalTraining site = training.orElseThrow();
        return Optional.of(site.write(
                site.model().whole().unflatten(taken.get()),
                facts(state, memory.notes().models().takenRound())));
    }

    private static Map<String, String> facts(FederationState state, long takenRound) {
        Plan plan = state.plan().orElseThrow();
        Map<String, String> facts = new LinkedHashMap<>();
        List<String> sites = state.rounds().values().stream()
                .flatMap(round -> round.survivors().stream())
                .distinct()
                .sorted()
                .toList();
        facts.put(
                "Started from",
                "the federation's first model, "
                        + plan.network().base().digest().substring(0, 12));
        facts.put("Federation", plan.federation() + ", after round " + takenRound + " of " + plan.rounds());
        facts.put("Federation's sites", String.join(", ", sites));
        facts.put(
                "Federation's protection",
                (plan.protection().secure() ? "secure aggregation, " : "no secure aggregation, ")
                        + privacy(state, takenRound));
        facts.put("Federation's batch normalisation", plan.protection().ownNormalisation() ? "own" : "averaged");
        return facts;
    }

    private static String privacy(FederationState state, long takenRound) {
        return Optional.ofNullable(state.rounds().get(takenRound))
                .flatMap(round -> round.outcome().epsilon())
                .map(epsilon -> String.format(
                        Locale.ROOT,
                        "differential privacy of a site: epsilon %.2f at delta %.1g",
                        epsilon,
                        state.plan().orElseThrow().protection().delta()))
                .orElse("no differential privacy");
    }

    @Override
    public void close() throws IOException {
        if (training.isPresent()) {
            training.get().close();
        }
    }
}
