package io.unmask.detector.workers;

import io.cloudevents.CloudEvent;
import io.unmask.detector.pipeline.OpenStream;
import io.unmask.detector.pipeline.ScoringWorker;
import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.detector.publish.ClipGroup;
import io.unmask.detector.publish.ClipGroup.Clip;
import io.unmask.detector.run.RunException;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.EventFormatException;
import io.unmask.detector.verdict.JudgeMemory;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open streams of a worker's partitions. After a batch was judged, its effect on them is either confirmed or undone. Not
 * thread-safe.
 */
final class StreamDesk implements ClipGroup.Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(StreamDesk.class);
    /** How long a stream without clips is kept: as long as Kafka keeps its state. If its reader was killed, its end never comes. */
    private static final Duration MAX_IDLE = Duration.ofDays(7);

    private final ServingModel model;
    private final ScoringWorker scoring;
    private final ClipCodec codec = ClipCodec.reader();
    private final Map<String, Lane> lanes = new HashMap<>();
    /** The streams of the last batch. */
    private final Set<Lane> touched = new LinkedHashSet<>();
    /** Keys of streams whose committed state could not be read. */
    private final Set<String> unreadable = new HashSet<>();
    /** Streams that were open before the group was joined again. Some go on here, the others at another worker. */
    private final Map<String, Lane> before = new HashMap<>();

    /** An open stream. */
    private static final class Lane {
        private final String key;
        private final int partition;
        private final ClipMessage.Cut cut;
        private final OpenStream open;
        /** The number of the last event that was judged. */
        private long number;

        private boolean ended;
        private Instant lastSeen;
        /** The committed state; empty before the stream began and after it ended. */
        private Optional<StreamMemory> committed = Optional.empty();
        /** The state after the last batch, which is to be committed; empty after the stream ended. */
        private Optional<StreamMemory> pending = Optional.empty();

        Lane(String key, int partition, ClipMessage.Cut cut, OpenStream open, Instant now) {
            this.lastSeen = now;
            this.key = key;
            this.partition = partition;
            this.cut = cut;
            this.open = open;
        }
    }

    /** The result of a batch, for this process and for Kafka. */
    record Judged(List<Outcome> outcomes, ClipGroup.Result result) {}

    StreamDesk(ServingModel model, ScoringWorker scoring) {
        this.model = model;
        this.scoring = scoring;
    }

    /** Succeeds the desk that was used before the group was joined again. Pictures of streams that go on here are kept. */
    void follow(StreamDesk other) {
        before.putAll(other.before);
        before.putAll(other.lanes);
    }

    /**
     * Judges those of the clips that were not judged before.
     *
     * @throws RuntimeException when one of them cannot be judged; {@link #undo} must follow
     */
    Judged judge(List<Clip> clips) {
        List<StreamEvent> events = new ArrayList<>();
        for (Clip clip : clips) {
            ClipMessage message = codec.clip(clip.event());
            Lane lane = lane(clip.partition(), message);
            if (message.number() > lane.number) {
                lane.number = message.number();
                lane.ended = message.event() instanceof SourceEnded || message.event() instanceof ConnectionLost;
                events.add(event(lane, message));
            }
        }
        List<Outcome> outcomes = scoring.process(events);
        return new Judged(outcomes, new ClipGroup.Result(events(outcomes), states(), Optional.empty()));
    }

    /** Sets a clip aside. If it can be read, its frames are counted as dropped. */
    Judged setAside(Clip clip, String why) {
        try {
            ClipMessage message = codec.clip(clip.event());
            Lane lane = lane(clip.partition(), message);
            lane.number = Math.max(lane.number, message.number());
            if (scoring.memory(lane.open).isEmpty()) {
                scoring.recall(lane.open, JudgeMemory.NOTHING);
            }
            if (message.event() instanceof FaceClip face) {
                int hop = lane.open.rules().map(Rules::hop).orElse(Integer.MAX_VALUE);
                lane.open.drop(Math.min(hop, face.samples().size()));
            }
        } catch (EventFormatException | RunException e) {
            LOG.debug("the frames of {} cannot be counted", clip, e);
        }
        return new Judged(List.of(), new ClipGroup.Result(List.of(), states(), Optional.of(why)));
    }

    /** Keeps the effect of the last batch, because it was committed. */
    void confirm() {
        for (Lane lane : touched) {
            lane.committed = lane.pending;
            unreadable.remove(lane.key);
            if (lane.committed.isEmpty()) {
                lanes.remove(lane.key, lane);
            } else if (lanes.get(lane.key) != lane) {
                scoring.forget(lane.open);
            }
        }
        touched.clear();
        before.keySet().removeAll(lanes.keySet());
        before.values().forEach(lane -> scoring.leave(lane.open));
        before.clear();
        Instant idle = now().minus(MAX_IDLE);
        letGo(lane -> lane.lastSeen.isBefore(idle));
    }

    /** Takes the streams back to their committed states, because the last batch was not committed. */
    void undo() {
        for (Lane lane : touched) {
            scoring.forget(lane.open);
            lanes.remove(lane.key, lane);
            lane.committed.ifPresent(memory -> recall(lane.partition, lane.key, memory));
        }
        touched.clear();
    }

    @Override
    public void assigned(int partition, Map<String, byte[]> states) {
        unreadable.removeAll(states.keySet());
        states.forEach((key, state) -> {
            try {
                recall(partition, key, codec.read(state, StreamMemory.class));
            } catch (EventFormatException e) {
                unreadable.add(key);
                LOG.warn("{} continues without its earlier state, which cannot be read: {}", key, e.getMessage());
            } catch (RunException e) {
                // The stream's clips will be set aside when they come; the other streams go on.
                LOG.warn("{} cannot be continued: {}", key, e.getMessage());
            }
        });
    }

    @Override
    public void revoked(int partition) {
        letGo(lane -> lane.partition == partition);
    }

    private void letGo(Predicate<Lane> which) {
        lanes.values().removeIf(lane -> {
            boolean gone = which.test(lane);
            if (gone) {
                scoring.leave(lane.open);
            }
            return gone;
        });
    }

    /** The clip's stream. It begins anew if its file is read again after the end, or if clips are cut in another way than before. */
    private Lane lane(int partition, ClipMessage message) {
        requireFit(message);
        String key = message.stream().id() + "/" + message.stream().session();
        Lane lane = lanes.get(key);
        if (lane == null || lane.ended || !lane.cut.equals(message.cut())) {
            Lane begun = begin(key, partition, message);
            if (lane != null) {
                touched.add(lane);
            }
            lanes.put(key, begun);
            lane = begun;
        }
        lane.lastSeen = now();
        touched.add(lane);
        return lane;
    }

    private Lane begin(String key, int partition, ClipMessage message) {
        OpenStream open = new OpenStream(
                message.label(), message.stream(), message.opened(), message.live(), rules(message.cut()));
        if (unreadable.contains(key)) {
            // The unreadable state may have held a face, so the stream must not be called faceless at its end.
            scoring.recall(open, new JudgeMemory(true, 0, JudgeMemory.NOTHING.spanReasons(), List.of()));
        }
        return new Lane(key, partition, message.cut(), open, now());
    }

    private Instant now() {
        return model.rules().clock().instant();
    }

    private Optional<Rules> rules(ClipMessage.Cut cut) {
        return Optional.of(model.rulesFor(cut.terms()));
    }

    private void requireFit(ClipMessage message) {
        if (message.cut().inputSize() != model.crop().size()
                || message.cut().cropScale() != model.crop().scale()) {
            throw new EventFormatException(
                    "its faces are cut for another model, to " + message.cut().inputSize() + " px at a scale of "
                            + message.cut().cropScale() + "; this one takes " + model.crop(),
                    null);
        }
    }

    private StreamEvent event(Lane lane, ClipMessage message) {
        long now = System.nanoTime();
        long underwayNanos =
                Math.max(0, Duration.between(message.handedOver(), now()).toNanos());
        OptionalLong captured = message.lateMs().isPresent()
                ? OptionalLong.of(
                        now - underwayNanos - Math.round(message.lateMs().get() * 1e6))
                : OptionalLong.empty();
        message.captured()
                .ifPresent(when -> lane.open.captures().add(message.event().endMicros(), when));
        return new StreamEvent(lane.open, message.event(), now - underwayNanos, captured);
    }

    private void recall(int partition, String key, StreamMemory memory) {
        OpenStream open =
                new OpenStream(memory.label(), memory.stream(), memory.opened(), memory.live(), rules(memory.cut()));
        open.drop(memory.dropped());
        JudgeMemory judge = memory.judge();
        if (!memory.modelDigest().equals(model.rules().ids().modelDigest())) {
            LOG.warn(
                    "{} was judged by another model before: faces in sight are judged only by what the present model sees of them",
                    key);
            judge = new JudgeMemory(judge.sawFace(), judge.sequence(), judge.spanReasons(), List.of());
        }
        scoring.recall(open, judge);
        Lane lane = new Lane(key, partition, memory.cut(), open, now());
        lane.number = memory.number();
        lane.committed = Optional.of(memory);
        lanes.put(key, lane);
    }

    private Map<Integer, Map<String, Optional<byte[]>>> states() {
        Map<Integer, Map<String, Optional<byte[]>>> states = new HashMap<>();
        for (Lane lane : touched) {
            lane.pending = memory(lane);
            states.computeIfAbsent(lane.partition, none -> new HashMap<>())
                    .put(lane.key, lane.pending.map(codec::bytes));
        }
        return states;
    }

    /** The stream's state; empty when the stream is over. */
    private Optional<StreamMemory> memory(Lane lane) {
        OpenStream open = lane.open;
        Verdict.Stream stream = open.stream();
        return scoring.memory(open)
                .map(judge -> new StreamMemory(
                        stream,
                        open.label(),
                        open.opened(),
                        open.live(),
                        lane.number,
                        open.dropped(),
                        lane.cut,
                        model.rules().ids().modelDigest(),
                        judge));
    }

    private static List<CloudEvent> events(List<Outcome> outcomes) {
        return outcomes.stream().map(Outcome::event).toList();
    }
}
