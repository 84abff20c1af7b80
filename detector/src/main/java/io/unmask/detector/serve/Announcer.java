package io.unmask.detector.serve;

import io.cloudevents.CloudEvent;
import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.pipeline.Outcome;
import io.unmask.detector.pipeline.OutcomeSink;
import io.unmask.detector.run.Delivery;
import io.unmask.detector.run.SideDelivery;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands outcomes to the delivery and, once they are safe there, tells everybody in the service of them. Outcomes come
 * from the committing thread; the rest may be called by any.
 */
final class Announcer implements OutcomeSink, Followers, Ground.Owners {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private final Delivery delivery;
    private final Optional<EvidenceFolder> evidence;
    private final Feed feed;
    private final Listener listener;
    private final Map<String, Owner> owners = new ConcurrentHashMap<>();
    private final Map<Verdict.Stream, Consumer<Outcome>> followers = new ConcurrentHashMap<>();

    /**
     * The source of a stream, by the stream's newest session.
     *
     * @param readings of that session that are not over: a file that is paused and resumed may be read twice for a moment
     */
    private record Owner(String source, String session, int readings) {
        Optional<Owner> withoutOne() {
            return readings == 1 ? Optional.empty() : Optional.of(new Owner(source, session, readings - 1));
        }
    }

    /** Sees all that is announced. */
    interface Listener {
        void announced(String source, Outcome outcome);

        /** The same of the model on probation. */
        default void shadowed(String source, Outcome outcome) {}

        /** Nothing of the stream's session follows. */
        default void over(Verdict.Stream stream) {}
    }

    /** @param evidence where events are kept, when that is wanted */
    Announcer(Delivery delivery, Optional<EvidenceFolder> evidence, Feed feed, Listener listener) {
        this.evidence = evidence;
        this.delivery = delivery;
        this.feed = feed;
        this.listener = listener;
    }

    @Override
    public void owns(String sourceId, Verdict.Stream stream) {
        owners.merge(
                stream.id(),
                new Owner(sourceId, stream.session(), 1),
                (old, fresh) -> old.session().equals(fresh.session())
                        ? new Owner(sourceId, fresh.session(), old.readings() + 1)
                        : fresh);
    }

    /** Which source a stream belongs to; a stream of another process is its own. */
    String source(String streamId) {
        Owner owner = owners.get(streamId);
        return owner == null ? streamId : owner.source();
    }

    @Override
    public void follow(Verdict.Stream stream, Consumer<Outcome> follower) {
        followers.merge(stream, follower, Consumer::andThen);
    }

    @Override
    public void accept(List<Outcome> outcomes) {
        List<CloudEvent> events = outcomes.stream().map(Outcome::event).toList();
        delivery.deliver(events);
        keep(events);
        for (int i = 0; i < events.size(); i++) {
            announce(outcomes.get(i), events.get(i));
        }
    }

    /** Hands what the model on probation finds to a topic of its own, and shows it. Called by the scoring thread. */
    void shadowed(SideDelivery beside, List<Outcome> outcomes) {
        beside.deliver(outcomes.stream().map(Outcome::event).toList());
        for (Outcome outcome : outcomes) {
            Verdict.Stream stream = outcome.stream();
            String source = source(stream.id());
            listener.shadowed(source, outcome);
            feed.publish(source, outcome, outcome.event(), true);
        }
    }

    /** Tells of outcomes that are safe already. */
    void announce(List<Outcome> outcomes) {
        keep(outcomes.stream().map(Outcome::event).toList());
        outcomes.forEach(outcome -> announce(outcome, outcome.event()));
    }

    /** Tells of an event that another process reached about a source of this one; others are none of its business. */
    void returned(CloudEvent event) {
        if (owners.containsKey(VerdictEvent.key(event))) {
            announce(
                    VerdictEvent.isVerdict(event)
                            ? new Outcome.Judged(VerdictEvent.parse(event))
                            : new Outcome.Changed(VerdictEvent.parseState(event)),
                    event);
        }
    }

    private void keep(List<CloudEvent> events) {
        if (evidence.isPresent() && !events.isEmpty()) {
            try {
                evidence.get().keep(events);
            } catch (IOException e) {
                LOG.warn("events cannot be kept as evidence; verdicts go on without it", e);
            }
        }
    }

    private void announce(Outcome outcome, CloudEvent event) {
        Verdict.Stream stream = outcome.stream();
        String source = source(stream.id());
        // The feed comes last: whoever hears of an outcome there may ask at once for what the listener made of it.
        show(source, () -> listener.announced(source, outcome));
        show(source, () -> followers.getOrDefault(stream, none -> {}).accept(outcome));
        show(source, () -> feed.publish(source, outcome, event, false));
        if (outcome.isLast()) {
            followers.remove(stream);
        }
        if (endsSession(outcome) && !isReadBesides(stream)) {
            show(source, () -> listener.over(stream));
        }
    }

    /** Whether nothing of the session follows: after a lost connection the next one is a session of its own. */
    static boolean endsSession(Outcome outcome) {
        return outcome.isLast()
                || (outcome instanceof Outcome.Changed changed
                        && changed.state().state() == StreamState.State.STALLED);
    }

    /** One reading of the session is over; returns whether there is another one. */
    private boolean isReadBesides(Verdict.Stream stream) {
        Owner left = owners.computeIfPresent(
                stream.id(),
                (id, owner) -> owner.session().equals(stream.session())
                        ? owner.withoutOne().orElse(null)
                        : owner);
        return left != null && left.session().equals(stream.session());
    }

    private static void show(String source, Runnable showing) {
        try {
            showing.run();
        } catch (RuntimeException e) {
            // The event is safe already: what is shown of it is not worth the service.
            LOG.warn("{} could not be shown", source, e);
        }
    }
}
