package io.unmask.detector.serve;

import io.cloudevents.CloudEvent;
import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.pipeline.OutcomeSink;
import io.unmask.detector.run.Delivery;
import io.unmask.detector.run.SideDelivery;
import io.unmask.detector.verdict.Outcome;
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
 * Hands outcomes to the delivery and, once they are stored there, passes them to the feed, the listener and the followers
 * of their streams. Outcomes come from the committing thread; the other methods may be called by any thread.
 */
final class Announcer implements OutcomeSink, Followers, SourceContext.Owners {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private final Delivery delivery;
    private final Optional<EvidenceFolder> evidence;
    private final Feed feed;
    private final Listener listener;
    private final Map<String, Owner> owners = new ConcurrentHashMap<>();
    private final Map<Verdict.Stream, Consumer<Outcome>> followers = new ConcurrentHashMap<>();

    /**
     * The source that a stream belongs to.
     *
     * @param session the stream's newest session
     * @param readings how many times the session is being read: a file that is paused and resumed is read twice for a moment
     */
    private record Owner(String source, String session, int readings) {
        /** Empty when the only reading has ended. */
        Optional<Owner> withoutOneReading() {
            return readings == 1 ? Optional.empty() : Optional.of(new Owner(source, session, readings - 1));
        }
    }

    /** Is told of every outcome, on the thread that announces it. */
    interface Listener {
        void announced(String source, Outcome outcome);

        /** Is told of an outcome of the shadow model, which does not count. */
        default void shadowed(String source, Outcome outcome) {}

        /** The stream's session is over; no outcome of it follows. */
        default void over(Verdict.Stream stream) {}
    }

    /** @param evidence where events are kept as evidence; empty when none is wanted */
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

    /** The id of the source that a stream belongs to. For a stream that another process reads, it is the stream's own id. */
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

    /** Publishes the shadow model's outcomes on a topic of their own, and shows them. Called by the scoring thread. */
    void shadowed(SideDelivery beside, List<Outcome> outcomes) {
        beside.deliver(outcomes.stream().map(Outcome::event).toList());
        for (Outcome outcome : outcomes) {
            Verdict.Stream stream = outcome.stream();
            String source = source(stream.id());
            listener.shadowed(source, outcome);
            feed.publish(source, outcome, outcome.event(), true);
        }
    }

    /** Announces outcomes that are stored already. */
    void announce(List<Outcome> outcomes) {
        keep(outcomes.stream().map(Outcome::event).toList());
        outcomes.forEach(outcome -> announce(outcome, outcome.event()));
    }

    /** Announces an event that came back from Kafka, if it is about a source that this process reads. */
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
        // The feed comes last: a page that hears of an outcome may at once ask for the review that the listener
        // has made of it.
        show(source, () -> listener.announced(source, outcome));
        show(source, () -> followers.getOrDefault(stream, none -> {}).accept(outcome));
        show(source, () -> feed.publish(source, outcome, event, false));
        if (outcome.isLast()) {
            followers.remove(stream);
        }
        if (endsSession(outcome) && !endReading(stream)) {
            show(source, () -> listener.over(stream));
        }
    }

    /** Whether the outcome is the last of its session. A lost connection ends one, too: the next connection is a new session. */
    static boolean endsSession(Outcome outcome) {
        return outcome.isLast()
                || (outcome instanceof Outcome.Changed changed
                        && changed.state().state() == StreamState.State.STALLED);
    }

    /**
     * Counts one reading of the stream's session less.
     *
     * @return whether the session is still being read
     */
    private boolean endReading(Verdict.Stream stream) {
        Owner left = owners.computeIfPresent(
                stream.id(),
                (id, owner) -> owner.session().equals(stream.session())
                        ? owner.withoutOneReading().orElse(null)
                        : owner);
        return left != null && left.session().equals(stream.session());
    }

    private static void show(String source, Runnable showing) {
        try {
            showing.run();
        } catch (RuntimeException e) {
            // The event is stored already, and a failure to show it must not stop the service.
            LOG.warn("{} could not be shown", source, e);
        }
    }
}
